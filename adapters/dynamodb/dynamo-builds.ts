import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Build } from '#core/builds/build.ts';
import type { Builds } from '#core/builds/ports.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { appIsOpen, nextId, putNew } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, setFields, type Table } from './table.ts';

export class DynamoBuilds implements Builds {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(app: string, limit: number): Promise<readonly Build[]> {
    const query = beginsWith(keys.partition(app), 'BUILD#', { backwards: true });
    return (await queryAll(this.#table, query, limit)).map(recordIn<Build>);
  }

  async find(app: string, id: string): Promise<Build | undefined> {
    const { client, name: TableName } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keys.build(app, id), ConsistentRead: true })
    );
    return Item && recordIn<Build>(Item);
  }

  async create(build: Omit<Build, 'id'>): Promise<Build> {
    const { app } = build;
    const id = await nextId(this.#table, 'B', app);
    const created = { ...build, id };
    const put = putNew(this.#table, { ...keys.build(app, id), ...created });
    try {
      // With the app in one transaction, so that a removal leaves no build behind.
      await this.#table.client.send(
        new TransactWriteCommand({ TransactItems: [appIsOpen(this.#table, app), put] })
      );
    } catch (cause) {
      if (!failedConditions(cause).includes(0)) throw cause;
      throw new NotFoundError(`app not found: ${app}`, { cause });
    }
    return created;
  }

  async change(app: string, id: string, change: Partial<Build>): Promise<Build> {
    const { client, name: TableName } = this.#table;
    const set = setFields(change);
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.build(app, id),
          ConditionExpression: 'attribute_exists(pk) AND NOT #current IN (:complete, :failed)',
          ...set,
          ExpressionAttributeNames: { ...set.ExpressionAttributeNames, '#current': 'status' },
          ExpressionAttributeValues: {
            ...set.ExpressionAttributeValues,
            ':complete': 'complete',
            ':failed': 'failed',
          },
          ReturnValues: 'ALL_NEW',
        })
      );
      return recordIn<Build>(Attributes ?? {});
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw new ConflictError(`build ${id} has ended already`, { cause });
    }
  }
}
