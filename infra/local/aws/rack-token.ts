import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '#adapters/dynamodb/keys.ts';
import { hashToken } from '#core/tokens/identify.ts';
import type { Token } from '#core/tokens/token.ts';
import { clientSettings } from './access.ts';

const owner: Token = { name: 'local', role: 'admin' };

/** Lets the holder of `token` do everything with the rack. The table gets its hash only. */
export const storeRackToken = async (
  port: number,
  tableName: string,
  token: string
): Promise<void> => {
  const client = new DynamoDBClient(clientSettings(port));
  const hash = hashToken(token);
  try {
    await DynamoDBDocumentClient.from(client).send(
      new PutCommand({ TableName: tableName, Item: { ...keys.token(hash), ...owner } })
    );
  } finally {
    client.destroy();
  }
};
