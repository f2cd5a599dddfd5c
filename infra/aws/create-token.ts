import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '#adapters/dynamodb/keys.ts';
import { openTable } from '#adapters/dynamodb/table.ts';
import { hashToken } from '#core/tokens/identify.ts';
import type { Token } from '#core/tokens/token.ts';

/** 256 bits, as text that stands in a URL as it is. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Makes the token known to the rack. Only its hash is stored. */
export const storeToken = async (
  tableName: string,
  secret: string,
  token: Token
): Promise<void> => {
  const { client, name: TableName } = openTable(tableName);
  const item = { ...keys.token(hashToken(secret)), ...token };
  await client.send(new PutCommand({ TableName, Item: item }));
};

/**
 * The first token of a rack: node infra/aws/create-token.ts --table NAME --name me [--role admin].
 * It is printed once and kept nowhere.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      table: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string', default: 'admin' },
    },
  });
  if (!values.table || !values.name) throw new Error('--table and --name are required');
  const secret = newToken();
  await storeToken(values.table, secret, {
    name: values.name,
    role: values.role as Token['role'],
  });
  process.stdout.write(`${secret}\n`);
};

if (import.meta.main) await main();
