import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Build } from '#core/builds/build.ts';
import type { Builds, Cancellation, Import } from '#core/builds/ports.ts';
import { ConflictError } from '#core/errors.ts';
import { isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { createUnder, nextId } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, setFields, type Table } from './table.ts';

/** What must hold of a build's record as it stands. */
interface Condition {
  readonly holds: string;
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong with the build if it does not hold. */
  readonly otherwise: string;
}

const isOpen: Condition = {
  holds: 'NOT #current IN (:complete, :failed)',
  values: { ':complete': 'complete', ':failed': 'failed' },
  otherwise: 'has ended already',
};

const canBeCancelled: Condition = {
  ...isOpen,
  holds: `${isOpen.holds} AND attribute_not_exists(committed)`,
  otherwise: 'has ended already, or is making its release',
};

const hasNotBegun: Condition = {
  holds: '#current = :created',
  values: { ':created': 'created' },
  otherwise: 'has begun already',
};

const hasNoOtherRelease: Condition = {
  holds: '#current = :complete AND #release IN (:none, :release)',
  values: { ':complete': 'complete', ':none': '' },
  otherwise: 'is not complete, or has made another release',
};

interface Change {
  readonly app: string;
  readonly id: string;
  readonly change: Partial<Build>;
  readonly condition: Condition;
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
    return this.#changeIf({ app, id, change, condition: isOpen });
  }

  cancel(app: string, id: string, end: Cancellation): Promise<Build> {
    const change = { ...end, status: 'failed' } as const;
    return this.#changeIf({ app, id, change, condition: canBeCancelled });
  }

  beginImport(app: string, id: string, begin: Import): Promise<Build> {
    const change = { ...begin, status: 'running', external: false } as const;
    return this.#changeIf({ app, id, change, condition: hasNotBegun });
  }

  nameRelease(app: string, id: string, release: string): Promise<Build> {
    return this.#changeIf({ app, id, change: { release }, condition: hasNoOtherRelease });
  }

  async #changeIf({ app, id, change, condition }: Change): Promise<Build> {
    const { client, name: TableName } = this.#table;
    const { ExpressionAttributeNames, ExpressionAttributeValues, ...set } = setFields(change);
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.build(app, id),
          ...set,
          ConditionExpression: `attribute_exists(pk) AND ${condition.holds}`,
          ExpressionAttributeNames: { ...ExpressionAttributeNames, '#current': 'status' },
          ExpressionAttributeValues: { ...ExpressionAttributeValues, ...condition.values },
          ReturnValues: 'ALL_NEW',
        })
      );
      return recordIn<Build>(Attributes ?? {});
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw new ConflictError(`build ${id} ${condition.otherwise}`, { cause });
    }
  }
}
