import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { isTransactionConflict } from './failed-condition.ts';

/** The rack's table and the client to reach it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/** Enough for the few writers that one app has at a time. */
const tries = 8;

export const openTable = (
  name: string,
  client = new DynamoDBClient({ maxAttempts: tries })
): Table => {
  retryConflicts(client);
  const marshallOptions = { removeUndefinedValues: true };
  return { client: DynamoDBDocumentClient.from(client, { marshallOptions }), name };
};

/**
 * A write that meets a transaction on the same item is refused, although nothing is wrong with it;
 * the SDK does not try such a write again by itself.
 */
const retryConflicts = (client: DynamoDBClient): void =>
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (isConflict(error)) Object.assign(error, { $retryable: { throttling: false } });
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'retryConflicts', override: true }
  );

const isConflict = (error: unknown): error is Error =>
  error instanceof TransactionConflictException || isTransactionConflict(error);

export type Item = Record<string, unknown>;

/** What a record says, without where it stands. */
export const recordIn = <Stored>({ pk: _pk, sk: _sk, ...fields }: Item): Stored => fields as Stored;

/** All pages of a query, up to `limit` items. */
export const queryAll = async (
  { client, name }: Table,
  query: Omit<QueryCommandInput, 'TableName'>,
  limit = Number.POSITIVE_INFINITY
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        ...query,
        ...(limit < 1000 && { Limit: limit - items.length }),
        ...(start && { ExclusiveStartKey: start }),
      })
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start && items.length < limit);
  return items.slice(0, limit);
};

/** Items of a partition whose sort key begins with a prefix; newest first when `backwards`. */
export const beginsWith = (
  pk: string,
  prefix: string,
  { backwards = false }: { backwards?: boolean } = {}
): Omit<QueryCommandInput, 'TableName'> => ({
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
  ConsistentRead: true,
  ScanIndexForward: !backwards,
});

/** `SET #a = :a, #b = :b` for the given fields; undefined ones are left out. */
export const setFields = (fields: object) => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      entries.map(([name, value]) => [`:${name}`, value])
    ),
  };
};
