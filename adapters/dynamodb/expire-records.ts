import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Watermark } from '#core/retention/history.ts';
import type { ExpiryPlan } from '#core/retention/plan-expiry.ts';
import { failedConditions } from './failed-condition.ts';
import { keys } from './keys.ts';
import type { Write } from './promotion-lock.ts';
import type { Table } from './table.ts';

interface Marking {
  readonly app: Watermark;
  readonly plan: ExpiryPlan;
  /** RFC 3339. */
  readonly at: string;
}

/** A transaction takes 100 writes: two for each, and one that looks at the app. */
const most = 40;

/** See `RetentionRecords.expire`. Releases come first: a build is marked only when all of its own are. */
export const expireRecords = async (table: Table, { app, plan, at }: Marking): Promise<boolean> => {
  const writes = [
    ...plan.releases.map((id) => expireRelease(table, { app: app.name, id, at })),
    ...plan.builds.map((id) => expireBuild(table, { app: app.name, id, at })),
  ];
  for (let from = 0; from < writes.length; from += most) {
    const some = writes.slice(from, from + most).flat();
    if (!(await transact(table, [isAsRead(table, app), ...some]))) return false;
  }
  return true;
};

const transact = async ({ client }: Table, TransactItems: Write[]): Promise<boolean> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return true;
  } catch (error) {
    if (failedConditions(error).length === 0) throw error;
    return false;
  }
};

/** Whoever makes, promotes or goes back to something changes one of these. */
const isAsRead = ({ name: TableName }: Table, app: Watermark): Write => {
  const fields = ['latest', 'active', 'promotion', 'queued'] as const;
  const known = fields.filter((it) => app[it] !== undefined);
  return {
    ConditionCheck: {
      TableName,
      Key: keys.app(app.name),
      ConditionExpression: [
        'attribute_exists(pk) AND attribute_not_exists(deleting)',
        ...fields.map((it) =>
          app[it] === undefined ? `attribute_not_exists(${it})` : `${it} = :${it}`
        ),
      ].join(' AND '),
      ...(known.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(known.map((it) => [`:${it}`, app[it]])),
      }),
    },
  };
};

interface One {
  readonly app: string;
  readonly id: string;
  readonly at: string;
}

/** Its row stays, for lists. */
const expireRelease = ({ name: TableName }: Table, { app, id, at }: One): Write[] => [
  {
    Update: {
      TableName,
      Key: keys.release(app, id),
      UpdateExpression: 'SET expired = :at, manifest = :none REMOVE cipher',
      ConditionExpression:
        'attribute_exists(pk) AND attribute_not_exists(expired) AND attribute_not_exists(pinned)',
      ExpressionAttributeValues: { ':at': at, ':none': '' },
    },
  },
  toClear(TableName, app, id),
];

const expireBuild = ({ name: TableName }: Table, { app, id, at }: One): Write[] => [
  {
    Update: {
      TableName,
      Key: keys.build(app, id),
      UpdateExpression: 'SET expired = :at, manifest = :none, buildArgs = :nothing',
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(expired)',
      ExpressionAttributeValues: { ':at': at, ':none': '', ':nothing': {} },
    },
  },
  toClear(TableName, app, id),
];

const toClear = (TableName: string, app: string, id: string): Write => ({
  Put: { TableName, Item: { ...keys.expired(app, id), id } },
});
