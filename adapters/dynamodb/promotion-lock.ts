import { GetCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Promotion } from '#core/promotions/promotion.ts';
import type { Turn } from '#core/promotions/turns.ts';
import { keys } from './keys.ts';
import { type Item, recordIn, setFields, type Table } from './table.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Which promotion has an app, which one waits for it, and whether the first is past its point of no return. */
export interface Lock {
  readonly promotion?: string;
  readonly queued?: string;
  /** The release that was made active. */
  readonly activated?: string;
  readonly fence?: number;
}

export const readItem = async (
  { client, name: TableName }: Table,
  key: { readonly pk: string; readonly sk: string }
): Promise<Item | undefined> => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
  return Item;
};

export const readLock = async (table: Table, app: string): Promise<Lock> =>
  (await readItem(table, keys.lock(app))) ?? {};

export const findPromotion = async (
  table: Table,
  app: string,
  id: string
): Promise<Promotion | undefined> => {
  const item = await readItem(table, keys.promotion(app, id));
  return item && recordIn<Promotion>(item);
};

/** A condition on the lock: nobody has come, gone or changed places since it was read. */
export const isAsRead = ({ promotion, queued, activated }: Lock) => ({
  condition: [
    'promotion = :promotion',
    queued ? 'queued = :queued' : 'attribute_not_exists(queued)',
    activated ? 'attribute_exists(activated)' : 'attribute_not_exists(activated)',
  ].join(' AND '),
  values: { ':promotion': promotion, ...(queued && { ':queued': queued }) },
});

/** Lets a waiting promotion run, or ends it; fails when it does not wait any more. */
export const changeWaiting = (
  { name: TableName }: Table,
  { app, id }: { readonly app: string; readonly id: string },
  turn: Turn
): Write => {
  const { ExpressionAttributeValues, ...set } = setFields(turn);
  return {
    Update: {
      TableName,
      Key: keys.promotion(app, id),
      ...set,
      ConditionExpression: '#status = :waiting',
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':waiting': 'queued' },
    },
  };
};
