import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from './table.ts';

type Requests = NonNullable<BatchWriteCommandInput['RequestItems']>;

/** The most that one request may carry. */
const batch = 25;
const pause = 100;

/** Removes items by their keys. DynamoDB may leave some of a batch for the next request. */
export const removeItems = async (
  { client, name }: Table,
  keys: readonly { readonly pk: unknown; readonly sk: unknown }[]
): Promise<void> => {
  for (let at = 0; at < keys.length; at += batch) {
    const deletions = keys.slice(at, at + batch).map((Key) => ({ DeleteRequest: { Key } }));
    let left: Requests = { [name]: deletions };
    while (Object.keys(left).length > 0) {
      const { UnprocessedItems = {} } = await client.send(
        new BatchWriteCommand({ RequestItems: left })
      );
      left = UnprocessedItems;
      if (Object.keys(left).length > 0) await sleep(pause);
    }
  }
};
