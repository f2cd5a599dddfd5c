import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactor } from '#core/promotions/engine/redact.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['as it stands', 'p<a>s&s/w"o\\r%d'],
  ['in JSON', JSON.stringify({ key: 'p<a>s&s/w"o\\r%d' })],
  ['in JSON of PHP', JSON.stringify('p<a>s&s/w"o\\r%d').replaceAll('/', '\\/')],
  ['in a query', `?p=${encodeURIComponent('p<a>s&s/w"o\\r%d')}&x=1`],
  ['in base64', base64('p<a>s&s/w"o\\r%d')],
  ['in hex', Buffer.from('p<a>s&s/w"o\\r%d').toString('hex')],
])('a value %s is not kept', (_, text) => {
  expect(redactor(['p<a>s&s/w"o\\r%d'])(`before ${text} after`)).toMatch(
    /^before [^a-z]*(\{"key":"|"|\?p=)?\*{4}("\}|"|&x=1)? after$/
  );
});

test('base64 of a text around the value, wherever it stands in it, does not give the value away', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 12, maxLength: 60 }),
      fc.string({ maxLength: 9 }),
      fc.string({ maxLength: 9 }),
      (secret, before, after) => {
        const out = redactor([secret])(base64(before + secret + after));
        const left = Buffer.from(out.replaceAll('*', ''), 'base64').toString('utf8');

        expect(out).toContain('****');
        expect(left).not.toContain(secret);
      }
    ),
    { numRuns: 200, seed: 1 }
  );
});

test('the strings of a JSON value and the password of an address are secrets on their own', () => {
  const redact = redactor([
    JSON.stringify({ user: { private_key: 'line-one\nline-two-of-it' } }),
    'postgres://app:p%40ssw0rd@db/x',
  ]);

  expect(redact('key line-two-of-it, password p@ssw0rd or p%40ssw0rd')).toBe(
    'key ****, password **** or ****'
  );
});

test('a part does not break the whole up', () => {
  expect(redactor(['secret', 'secret-and-more'])('a secret-and-more b')).toBe('a **** b');
});

test('short values and digests stay readable', () => {
  const line = 'started web in 1.2s with sha256:'.concat(randomBytes(32).toString('hex'));

  expect(redactor(['1', 'true', 'web'])(line)).toBe(line);
});

test('credentials that are told by their form go, whoever they belong to', () => {
  const token = 'aB3'.padEnd(43, 'xY7_');
  const redact = redactor([]);

  expect(redact(`RACK_URL=https://convox:${token}@rack.test/x`)).toBe(
    'RACK_URL=https://convox:****@rack.test/x'
  );
  expect(redact(`token ${token}`)).toBe('token ****');
  expect(redact('Authorization: Bearer abc.def')).toBe('Authorization: Bearer ****');
  expect(redact('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4')).toBe('****');
  expect(redact('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nok')).toBe(
    '****\nok'
  );
});

test('many values and a long log take no noticeable time', () => {
  const values = Array.from({ length: 200 }, () => randomBytes(30).toString('base64'));
  const log = `${'a line of an ordinary log, with words in it\n'.repeat(20_000)}${values[7]}`;

  expect(redactor(values)(log).endsWith('\n****')).toBe(true);
});
