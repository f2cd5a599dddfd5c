import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { failedConditions } from '#adapters/dynamodb/failed-condition.ts';
import { openTable } from '#adapters/dynamodb/table.ts';

interface Scripted {
  readonly status: number;
  readonly body: object;
}

const type = (name: string): string => `com.amazonaws.dynamodb.v20120810#${name}`;

const conflict: Scripted = { status: 400, body: { __type: type('TransactionConflictException') } };
const cancelled = (...codes: string[]): Scripted => ({
  status: 400,
  body: {
    __type: type('TransactionCanceledException'),
    CancellationReasons: codes.map((Code) => ({ Code })),
  },
});
const fine: Scripted = { status: 200, body: {} };

/** A table behind a wire on which DynamoDB says what the script says, and then that all is fine. */
const tableThatSays = (...script: readonly Scripted[]) => {
  const sent: unknown[] = [];
  const requestHandler = {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async ({ body }: { body: Uint8Array }) => {
      sent.push(JSON.parse(Buffer.concat([body]).toString()));
      const { status, body: answer } = script[sent.length - 1] ?? fine;
      const headers = { 'content-type': 'application/x-amz-json-1.0' };
      return {
        response: { statusCode: status, headers, body: Buffer.from(JSON.stringify(answer)) },
      };
    },
  };
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 4,
    requestHandler: requestHandler as never,
  });
  return { table: openTable('rack', client), sent };
};

const update = new UpdateCommand({
  TableName: 'rack',
  Key: { pk: 'RACK', sk: 'APP#shop' },
  UpdateExpression: 'ADD sequence :one',
  ExpressionAttributeValues: { ':one': 1 },
});
const transaction = () =>
  new TransactWriteCommand({
    TransactItems: [{ Delete: { TableName: 'rack', Key: { pk: 'a', sk: 'b' } } }],
  });

test('tries a write again that met a transaction', async () => {
  const { table, sent } = tableThatSays(conflict, conflict);

  await table.client.send(update);

  expect(sent).toHaveLength(3);
});

test('tries a transaction again that met another one, as the same transaction', async () => {
  const { table, sent } = tableThatSays(cancelled('None', 'TransactionConflict'));

  await table.client.send(transaction());

  const tokens = sent.map((it) => (it as { ClientRequestToken: string }).ClientRequestToken);
  expect(tokens).toEqual([tokens[0], tokens[0]]);
  expect(tokens[0]).toMatch(/^[\w-]{20,}$/);
});

test('does not try again what a condition has decided', async () => {
  const answer = cancelled('ConditionalCheckFailed', 'None', 'TransactionConflict');
  const { table, sent } = tableThatSays(answer);

  const error: unknown = await table.client.send(transaction()).catch((it: unknown) => it);

  expect(sent).toHaveLength(1);
  expect(failedConditions(error)).toEqual([0]);
});

test('gives up in the end', async () => {
  const { table, sent } = tableThatSays(...Array.from({ length: 10 }, () => conflict));

  await expect(table.client.send(update)).rejects.toThrow();
  expect(sent).toHaveLength(4);
});
