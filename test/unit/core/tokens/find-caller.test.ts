import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CachedTokens } from '#adapters/dynamodb/cached-tokens.ts';
import { hashToken, identify } from '#core/tokens/identify.ts';
import { isExpired, mayDo, type Token } from '#core/tokens/token.ts';
import { InMemoryTokens } from '#test/fakes/in-memory-tokens.ts';

const secret = 's3cr/et+=&%';
const token: Token = { name: 'ci', role: 'deploy' };
const now = Date.parse('2026-03-18T14:30:00Z');

const bed = (given: Partial<Token> = {}) => {
  const tokens = new InMemoryTokens();
  tokens.add(secret, { ...token, ...given });
  return { tokens, clock: () => now };
};

const basic = (userinfo: string): string => `Basic ${Buffer.from(userinfo).toString('base64')}`;

test('knows a bearer, and basic with the token as password, raw or percent-encoded', async () => {
  const whoIs = identify(bed());

  for (const header of [
    `Bearer ${secret}`,
    `bearer   ${secret}`,
    basic(`convox:${secret}`),
    basic(`:${secret}`),
    basic(`anybody:${encodeURIComponent(secret)}`),
    basic('convox:s3cr%2Fet%2B%3D%26%25'),
  ]) {
    expect([header, await whoIs(header)]).toEqual([header, token]);
  }
});

test('knows nobody without a token that is stored', async () => {
  const whoIs = identify(bed());

  for (const header of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Token ${secret}`,
    secret,
    'Bearer another',
    basic('convox:another'),
    basic('convox:'),
    basic(''),
    'Basic !!!not base64!!!',
    `Bearer ${hashToken(secret)}`,
  ]) {
    expect([header, await whoIs(header)]).toEqual([header, undefined]);
  }
});

test('knows a token until it expires', async () => {
  const header = `Bearer ${secret}`;

  expect(await identify(bed({ expires: '2026-03-18T14:30:01Z' }))(header)).toBeDefined();
  expect(await identify(bed({ expires: '2026-03-18T14:30:00Z' }))(header)).toBeUndefined();
  expect(isExpired(token, Number.MAX_SAFE_INTEGER)).toBe(false);
});

test('takes no header for anything but a header', async () => {
  const whoIs = identify(bed());

  await fc.assert(
    fc.asyncProperty(fc.string(), async (header) => {
      expect(await whoIs(header)).toBeUndefined();
      expect(await whoIs(basic(header))).toBeUndefined();
    })
  );
});

test('keeps a token for 30 seconds, and one that is unknown not at all', async () => {
  const tokens = new InMemoryTokens();
  let time = 0;
  const cached = new CachedTokens(tokens, () => time);
  const hash = hashToken(secret);

  expect(await cached.find(hash)).toBeUndefined();
  tokens.add(secret, token);
  expect(await cached.find(hash)).toEqual(token);
  tokens.revoke(secret);
  time = 29_999;
  expect(await cached.find(hash)).toEqual(token);
  time = 30_000;
  expect(await cached.find(hash)).toBeUndefined();
});

test('asks the table once for a token that comes again and again', async () => {
  const tokens = new InMemoryTokens();
  tokens.add(secret, token);
  const cached = new CachedTokens(tokens, () => 0);

  for (let count = 0; count < 5; count++) await cached.find(hashToken(secret));

  expect(tokens.reads).toBe(1);
});

test('lets readers look, deployers change what runs, and admins do everything', () => {
  const looks = ['rack:read', 'app:read', 'process:read'];
  const deploys = ['env:read', 'env:write', 'build:write', 'release:write', 'promote'];
  const administers = ['app:create', 'app:delete', 'app:write'];

  for (const it of looks) expect(mayDo('read', it)).toBe(true);
  for (const it of [...deploys, ...administers])
    expect([it, mayDo('read', it)]).toEqual([it, false]);
  for (const it of [...looks, ...deploys, 'process:write']) expect(mayDo('deploy', it)).toBe(true);
  for (const it of administers) expect([it, mayDo('deploy', it)]).toEqual([it, false]);
  for (const it of [...looks, ...deploys, ...administers]) expect(mayDo('admin', it)).toBe(true);
});
