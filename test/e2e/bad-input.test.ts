import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { rackless } from './rack.ts';

jest.setTimeout(120_000);

const app = 'refused';
const empty = mkdtempSync(join(tmpdir(), 'rackless-empty-'));
const rackUrl = new URL(process.env['RACK_URL'] ?? 'http://missing');

beforeAll(async () => {
  await rackless(`apps create ${app}`);
});

afterAll(async () => {
  rmSync(empty, { recursive: true });
  await rackless(`apps delete ${app}`);
});

const call = (path: string, init: RequestInit & { token?: string } = {}) =>
  fetch(new URL(path, rackUrl.origin), {
    ...init,
    headers: {
      accept: 'application/json',
      ...(init.token !== '' && { authorization: `Bearer ${init.token ?? rackUrl.password}` }),
      ...(init.headers as Record<string, string>),
    },
  });

test.each([
  ['no token', ''],
  ['a wrong token', 'wrong'],
])('%s is refused in our own error shape', async (_name, token) => {
  const response = await call('/apps', { token });

  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Basic realm="convox"');
  expect(await response.json()).toMatchObject({
    code: 'Unauthenticated',
    error: 'invalid authentication',
  });
});

test('/check is the one open route', async () => {
  const response = await call('/check', { token: '' });

  expect([response.status, await response.text()]).toEqual([200, 'ok']);
});

test.each([
  ['apps info nothing-here', 'ERROR: app not found: nothing-here'],
  [`releases info RZZZZZZZZZZ -a ${app}`, 'ERROR: release not found: RZZZZZZZZZZ'],
  [`builds info BZZZZZZZZZZ -a ${app}`, 'ERROR: build not found: BZZZZZZZZZZ'],
  [`releases rollback RZZZZZZZZZZ -a ${app}`, 'ERROR: release not found: RZZZZZZZZZZ'],
  [`releases promote RZZZZZZZZZZ -a ${app}`, 'ERROR: release not found: RZZZZZZZZZZ'],
  [`releases promote -a ${app}`, 'ERROR: no releases to promote'],
  [`apps cancel ${app}`, 'ERROR: app is not updating'],
  ['apps create rackless', 'ERROR: app name is reserved'],
  ['apps create Not_Valid', 'name'],
  [`deploy ${empty} -a ${app}`, 'ERROR: '],
  [`deploy ${empty}/missing -a ${app}`, 'ERROR: '],
])('%s fails with a clear error', async (line, message) => {
  const { code, stderr } = await rackless(line);

  expect(stderr).toContain(message);
  expect(code).toBe(1);
});

test('a release without a build is not promoted', async () => {
  const set = await rackless(`env set A=1 -a ${app}`);
  expect(set.code).toBe(0);

  const promote = await rackless(`releases promote -a ${app}`);

  expect(promote.code).toBe(1);
  expect(promote.stderr).toContain('can not promote a release with an empty manifest');
});

test('a body over the limit is refused', async () => {
  const response = await call(`/apps/${app}/objects/tmp/big.tgz`, {
    method: 'POST',
    body: new Uint8Array(11_000_000),
  });

  expect(response.status).toBe(413);
});
