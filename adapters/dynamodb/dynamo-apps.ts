import { BatchWriteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { App, Policy } from '#core/apps/app.ts';
import type { Apps } from '#core/apps/ports.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { beginsWith, queryAll, setFields, type Table } from './table.ts';

const batch = 25;

export class DynamoApps implements Apps {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(): Promise<readonly App[]> {
    const items = await queryAll(this.#table, beginsWith(keys.apps.pk, keys.apps.prefix));
    return items as unknown as App[];
  }

  async find(name: string): Promise<App | undefined> {
    const { client, name: TableName } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keys.app(name), ConsistentRead: true })
    );
    return Item as App | undefined;
  }

  async create(app: App): Promise<void> {
    const { client, name: TableName } = this.#table;
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: { ...keys.app(app.name), ...app },
          ConditionExpression: 'attribute_not_exists(pk)',
        })
      );
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw new ConflictError(`app already exists: ${app.name}`, { cause });
    }
  }

  change(name: string, change: { locked?: boolean; policy?: Policy }): Promise<void> {
    return this.#update(name, change);
  }

  markDeleting(name: string): Promise<void> {
    return this.#update(name, { deleting: true });
  }

  /** The app's own item goes last, so that a removal that was cut off can be repeated. */
  async remove(name: string): Promise<void> {
    const { client, name: TableName } = this.#table;
    const items = await queryAll(this.#table, beginsWith(keys.partition(name), ''));
    const all = [...items.map(({ pk, sk }) => ({ pk, sk })), keys.app(name)];
    for (let at = 0; at < all.length; at += batch) {
      let requests: Record<string, object[]> | undefined = {
        [TableName]: all.slice(at, at + batch).map((Key) => ({ DeleteRequest: { Key } })),
      };
      while (requests && Object.keys(requests).length > 0) {
        const { UnprocessedItems } = await client.send(
          new BatchWriteCommand({ RequestItems: requests as never })
        );
        requests = UnprocessedItems as never;
      }
    }
  }

  async #update(name: string, fields: object): Promise<void> {
    const { client, name: TableName } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.app(name),
          ConditionExpression: 'attribute_exists(pk)',
          ...setFields(fields),
        })
      );
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw new NotFoundError(`app not found: ${name}`, { cause });
    }
  }
}
