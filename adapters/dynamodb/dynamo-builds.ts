import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Build } from '#core/builds/build.ts';
import type { Builds, Cancellation } from '#core/builds/ports.ts';
import { ConflictError } from '#core/errors.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { createUnder, nextId } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, setFields, type Table } from './table.ts';

interface Change {
  readonly app: string;
  readonly id: string;
  readonly change: Partial<Build>;
}

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
    await createUnder(this.#table, app, { ...keys.build(app, id), ...created });
    return created;
  }

  change(app: string, id: string, change: Partial<Build>): Promise<Build> {
    return this.#changeIf('', { app, id, change });
  }

  cancel(app: string, id: string, end: Cancellation): Promise<Build> {
    const change = { ...end, status: 'failed' } as const;
    return this.#changeIf(' AND attribute_not_exists(committed)', { app, id, change });
  }

  async #changeIf(condition: string, { app, id, change }: Change): Promise<Build> {
    const { client, name: TableName } = this.#table;
    const set = setFields(change);
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.build(app, id),
          ConditionExpression: `attribute_exists(pk) AND NOT #current IN (:complete, :failed)${condition}`,
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
