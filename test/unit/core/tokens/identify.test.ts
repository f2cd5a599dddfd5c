import { expect, test } from '@jest/globals';
import { identify } from '#core/tokens/identify.ts';
import { mayDo } from '#core/tokens/token.ts';
import { InMemoryTokens } from '#test/fakes/in-memory-tokens.ts';

const now = Date.parse('2026-03-18T14:30:00Z');

const begin = () => {
  const tokens = new InMemoryTokens();
  tokens.add('s3cr/t', { name: 'ada', role: 'admin' });
  tokens.add('old', { name: 'old', role: 'read', expires: '2026-03-18T14:30:00.000Z' });
  tokens.add('new', { name: 'new', role: 'read', expires: '2026-03-18T14:30:00.001Z' });
  const whoIs = identify({ tokens, clock: () => now });
  return async (header: string | undefined) => (await whoIs(header))?.name;
};

const basic = (userinfo: string) => `Basic ${Buffer.from(userinfo).toString('base64')}`;

test.each([
  ['a bearer token', 'Bearer s3cr/t'],
  ['the password of Basic', basic('convox:s3cr/t')],
  ['a password as the stock client encodes it', basic('convox:s3cr%2Ft')],
  ['any user name', basic('jane:s3cr/t')],
  ['a token without a user', basic('s3cr/t')],
  ['a scheme in other letters', 'bearer s3cr/t'],
])('%s identifies its holder', async (_, header) => {
  expect(await begin()(header)).toBe('ada');
});

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['another token', 'Bearer nope'],
  ['an empty password', basic('convox:')],
  ['what is not base64', 'Basic %%%'],
  ['a broken escape', basic('convox:%zz')],
  ['another scheme', 'Digest s3cr/t'],
  ['the hash of a token', 'Bearer 5f0a4e1bd1d0e4b5'],
])('%s is nobody', async (_, header) => {
  expect(await begin()(header)).toBeUndefined();
});

test('a token ends at its time', async () => {
  const whoIs = begin();

  expect(await whoIs('Bearer old')).toBeUndefined();
  expect(await whoIs('Bearer new')).toBe('new');
});

test.each([
  ['read', 'rack:read', true],
  ['read', 'app:read', true],
  ['read', 'process:read', true],
  ['read', 'env:read', false],
  ['read', 'promote', false],
  ['deploy', 'env:read', true],
  ['deploy', 'env:write', true],
  ['deploy', 'build:write', true],
  ['deploy', 'release:write', true],
  ['deploy', 'promote', true],
  ['deploy', 'process:write', true],
  ['deploy', 'app:create', false],
  ['deploy', 'app:write', false],
  ['deploy', 'app:delete', false],
  ['admin', 'app:delete', true],
] as const)('%s and %s: %s', (role, permission, expected) => {
  expect(mayDo(role, permission)).toBe(expected);
});
