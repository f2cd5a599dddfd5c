import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import { DynamoRegistries } from '#adapters/dynamodb/dynamo-registries.ts';
import { keys } from '#adapters/dynamodb/keys.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { registriesBehaveLike } from '#test/ports/registries.ts';
import { createKey, createTable } from '../aws.ts';

let dataKeys: KmsDataKeys;

beforeAll(async () => {
  const { kms, keyId } = await createKey();
  dataKeys = new KmsDataKeys(kms, { rack: 'atom', keyId });
});

registriesBehaveLike(
  'DynamoRegistries',
  async () => new DynamoRegistries(await createTable(), dataKeys)
);

const added = (server: string) => ({ server, username: 'ada', created: '', actor: '' });

test('keeps a password as ciphertext only', async () => {
  const table = await createTable();
  await new DynamoRegistries(table, dataKeys).put(added('ghcr.io'), 'pass-of-ada');

  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.registry('ghcr.io') })
  );

  expect(Item).toMatchObject({ server: 'ghcr.io', password: expect.any(String) });
  expect(JSON.stringify(Item)).not.toContain('pass-of-ada');
  expect(JSON.stringify(Item)).not.toContain(Buffer.from('pass-of-ada').toString('base64'));
});

test("does not send one registry's password to another that somebody has put in its place", async () => {
  const table = await createTable();
  const registries = new DynamoRegistries(table, dataKeys);
  await registries.put(added('ghcr.io'), 'pass-of-ada');

  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keys.registry('ghcr.io'),
      UpdateExpression: 'SET server = :other',
      ExpressionAttributeValues: { ':other': 'evil.example.com' },
    })
  );

  await expect(registries.logins()).rejects.toThrow();
});
