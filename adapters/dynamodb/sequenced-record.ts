import { randomInt } from 'node:crypto';
import {
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { type IdKind, makeId } from '#core/identifiers.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const isOpen = 'attribute_exists(pk) AND attribute_not_exists(deleting)';

const letter = (): number => randomInt(26);

/** An id under the app's next sequence. A number that is not used after all leaves a harmless gap. */
export const nextId = async (table: Table, kind: IdKind, app: string): Promise<string> => {
  const { client, name: TableName } = table;
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName,
        Key: keys.app(app),
        UpdateExpression: 'ADD #sequence :one',
        ConditionExpression: isOpen,
        ExpressionAttributeNames: { '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      })
    );
    return makeId(kind, Number(Attributes?.['sequence']), letter);
  } catch (cause) {
    if (!isFailedCondition(cause)) throw cause;
    throw new NotFoundError(`app not found: ${app}`, { cause });
  }
};

/** Fails a transaction when the app is gone or going. */
export const appIsOpen = (table: Table, app: string): Write => ({
  ConditionCheck: {
    TableName: table.name,
    Key: keys.app(app),
    ConditionExpression: isOpen,
  },
});

/** Fails a transaction when a release or build has expired. */
export const hasNotExpired = (
  table: Table,
  key: { readonly pk: string; readonly sk: string }
): Write => ({
  ConditionCheck: {
    TableName: table.name,
    Key: key,
    ConditionExpression: 'attribute_not_exists(expired)',
  },
});

/** Fails a transaction while what an earlier app of the name has left is being cleared away. */
export const nameIsFree = (table: Table, app: string, now: number): Write => ({
  ConditionCheck: {
    TableName: table.name,
    Key: keys.goneApp(app),
    ConditionExpression: 'attribute_not_exists(held) OR held < :now',
    ExpressionAttributeValues: { ':now': now },
  },
});

export const beingClearedAway = (app: string, cause: unknown): ConflictError =>
  new ConflictError(`an earlier app ${app} is just being cleared away`, {
    hint: 'try again in a few minutes',
    cause,
  });

/** A put that fails if the key is taken. */
export const putNew = (table: Table, item: Record<string, unknown>): Write => ({
  Put: {
    TableName: table.name,
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

/** Puts a new record of an app, unless the app is gone or going: a removal leaves none behind. */
export const createUnder = async (
  table: Table,
  app: string,
  item: Record<string, unknown>
): Promise<void> => {
  try {
    await table.client.send(
      new TransactWriteCommand({ TransactItems: [appIsOpen(table, app), putNew(table, item)] })
    );
  } catch (cause) {
    if (!failedConditions(cause).includes(0)) throw cause;
    throw new NotFoundError(`app not found: ${app}`, { cause });
  }
};
