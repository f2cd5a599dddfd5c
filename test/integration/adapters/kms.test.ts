import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeAll, expect, test } from '@jest/globals';
import { KeyedEnvironmentCipher } from '#adapters/kms/environment-cipher.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { InMemoryApps } from '#test/fakes/in-memory-apps.ts';
import { anApp } from '#test/samples.ts';
import { createKey } from '../aws.ts';

let kms: KMSClient;
let keyId: string;

beforeAll(async () => {
  ({ kms, keyId } = await createKey());
});

const keysOf = (rack: string) => new KmsDataKeys(kms, { rack, keyId });

test('opens the data key that it made, alike in every process', async () => {
  const app = anApp({ dataKey: await keysOf('atom').make('shop') });

  const [one, other] = [await keysOf('atom').open(app), await keysOf('atom').open(app)];

  expect(one).toHaveLength(32);
  expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
});

test('opens no data key for another app or another rack', async () => {
  const dataKey = await keysOf('atom').make('shop');

  await expect(keysOf('atom').open(anApp({ name: 'blog', dataKey }))).rejects.toThrow();
  await expect(keysOf('neutron').open(anApp({ dataKey }))).rejects.toThrow();
});

test('tries again after a key could not be opened', async () => {
  const keys = keysOf('atom');
  const dataKey = await keys.make('shop');
  const wrong = anApp({ name: 'blog', dataKey });
  await expect(keys.open(wrong)).rejects.toThrow();

  expect(await keys.open(anApp({ dataKey }))).toHaveLength(32);
});

const cipherFor = async (...names: string[]) => {
  const apps = new InMemoryApps();
  const keys = keysOf('atom');
  for (const name of names) await apps.create(anApp({ name, dataKey: await keys.make(name) }));
  return new KeyedEnvironmentCipher(apps, keys);
};

test('gives back an environment, never twice as the same text', async () => {
  const cipher = await cipherFor('shop');

  const one = await cipher.encrypt('shop', 'R1', 'A=ä');
  const other = await cipher.encrypt('shop', 'R1', 'A=ä');

  expect(one).not.toBe(other);
  expect(await cipher.decrypt('shop', 'R1', one)).toBe('A=ä');
  expect(await cipher.decrypt('shop', 'R1', await cipher.encrypt('shop', 'R1', ''))).toBe('');
});

test('opens no environment in the place of another, and none that was changed', async () => {
  const cipher = await cipherFor('shop', 'blog');
  const text = await cipher.encrypt('shop', 'R1', 'A=1');
  const changed = Buffer.from(text, 'base64');
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;

  await expect(cipher.decrypt('shop', 'R2', text)).rejects.toThrow();
  await expect(cipher.decrypt('blog', 'R1', text)).rejects.toThrow();
  await expect(cipher.decrypt('shop', 'R1', changed.toString('base64'))).rejects.toThrow();
  await expect(cipher.decrypt('gone', 'R1', text)).rejects.toThrow('app not found: gone');
});
