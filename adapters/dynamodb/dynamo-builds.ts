import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Build } from '#core/builds/build.ts';
import type { Builds, Cancellation, Import } from '#core/builds/ports.ts';
import { ConflictError } from '#core/errors.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { createUnder, nextId } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, setFields, type Table } from './table.ts';

interface Change {
  readonly app: string;
  readonly id: string;
  readonly change: Partial<Build>;
  /** Of the record as it stands; that the build has not ended, when it is left out. */
  readonly condition?: string;
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
    return this.#changeIf({ app, id, change });
  }

  cancel(app: string, id: string, end: Cancellation): Promise<Build> {
    const change = { ...end, status: 'failed' } as const;
    const condition = `${isOpen} AND attribute_not_exists(committed)`;
    return this.#changeIf({ app, id, change, condition });
  }

  beginImport(app: string, id: string, begin: Import): Promise<Build> {
    const change = { ...begin, status: 'running', external: false } as const;
    return this.#changeIf({ app, id, change, condition: '#current = :created' });
  }

  nameRelease(app: string, id: string, release: string): Promise<Build> {
    const condition = '#current = :complete AND #release IN (:none, :release)';
    return this.#changeIf({ app, id, change: { release }, condition });
  }

  async #changeIf({ app, id, change, condition = isOpen }: Change): Promise<Build> {
    const { client, name: TableName } = this.#table;
    const { ExpressionAttributeNames, ExpressionAttributeValues, ...set } = setFields(change);
    const ConditionExpression = `attribute_exists(pk) AND ${condition}`;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.build(app, id),
          ...set,
          ConditionExpression,
          ExpressionAttributeNames: { ...ExpressionAttributeNames, '#current': 'status' },
          ExpressionAttributeValues: {
            ...ExpressionAttributeValues,
            ...valuesIn(ConditionExpression),
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

const isOpen = 'NOT #current IN (:complete, :failed)';

/** DynamoDB refuses values that no expression has. */
const valuesIn = (condition: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      [':created', 'created'],
      [':complete', 'complete'],
      [':failed', 'failed'],
      [':none', ''],
    ].filter(([name = '']) => condition.includes(name))
  );
