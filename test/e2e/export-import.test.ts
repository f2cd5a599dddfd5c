import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { addressOf, get, helloSource, query, rackless, stream } from './rack.ts';

jest.setTimeout(240_000);

interface Build {
  readonly id: string;
  readonly description: string;
  readonly manifest: string;
  readonly release: string;
  readonly status: string;
  readonly reason: string;
}

const [from, to] = ['exported', 'imported'] as const;
const source = helloSource();
const folder = mkdtempSync(join(tmpdir(), 'rackless-archives-'));
const file = join(folder, 'build.tgz');
let build: Build;

beforeAll(async () => {
  for (const app of [from, to]) {
    await rackless(`apps delete ${app}`);
    await rackless(`apps create ${app}`);
  }
  await rackless(`env set SECRET=hunter2 GREETING=from-afar -a ${from}`);
  const { code, stdout, stderr } = await rackless(`build ${source.path} -d first -a ${from}`);
  if (code !== 0) throw new Error(stdout + stderr);
  [build] = (await query<[Build]>(`builds -a ${from}`)) as [Build];
});

afterAll(async () => {
  source.remove();
  rmSync(folder, { recursive: true, force: true });
  for (const app of [from, to]) await rackless(`apps delete ${app}`);
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
  const rack = new URL(process.env['RACK_URL'] ?? '');
  const authorization = `Basic ${Buffer.from(`${rack.username}:${rack.password}`).toString('base64')}`;
  return fetch(new URL(path, rack.origin), { ...init, headers: { authorization } });
};

test('a build is exported into a file, without any value of the environment', async () => {
  const { code, stdout, stderr } = await rackless(
    `builds export ${build.id} -f ${file} -a ${from}`
  );

  expect([code, stdout, stderr]).toEqual([0, 'Exporting build... OK\n', '']);
  const archive = gunzipSync(readFileSync(file));
  expect(archive.subarray(0, 10).toString()).toBe('build.json');
  expect(archive.includes('hunter2')).toBe(false);
  expect(archive.includes(`web.${build.id}`)).toBe(true);
});

test('the same bytes come to whoever asks again, and by Convox’s way of redirects', async () => {
  const again = await rackless(`builds export ${build.id} -f ${file}.again -a ${from}`);
  const response = await ask(`/apps/${from}/builds/${build.id}.tgz`);

  expect(again.code).toBe(0);
  const archive = readFileSync(file);
  expect(readFileSync(`${file}.again`).equals(archive)).toBe(true);
  expect([response.status, response.redirected]).toEqual([200, true]);
  expect(Buffer.from(await response.arrayBuffer()).equals(archive)).toBe(true);
});

test('it is imported into an app that has never been built, and answers there', async () => {
  const imported = await rackless(`builds import -f ${file} -a ${to}`);

  expect(imported.stderr).toBe('');
  expect(imported.stdout).toMatch(
    /^Reading build\.\.\. OK\nUploading build\.\.\. OK, .* chunks\)\nImporting build\.\.\. OK, R[A-Z]{10}\n$/
  );
  const [made] = await query<Build[]>(`builds -a ${to}`);
  expect(made).toMatchObject({
    status: 'complete',
    description: 'first',
    manifest: build.manifest,
    release: /R[A-Z]{10}/.exec(imported.stdout)?.[0],
  });
  const promoted = await rackless(`releases promote ${made?.release} -a ${to}`);
  expect(promoted.stderr).toBe('');
  const { status, body } = await get(await addressOf(to, 'web'));
  expect([status, body]).toEqual([200, expect.stringContaining(String(made?.release))]);
  expect((await query<unknown[]>(`grants -a ${to}`))[0]).toMatchObject({
    build: made?.id,
    status: 'revoked',
  });
});

test('importing it again is another build of the same images, and --id says the release', async () => {
  const { code, stdout, stderr } = await rackless(`builds import -f ${file} --id -a ${to}`);

  expect(code).toBe(0);
  expect(stderr).toContain('Uploading build... OK, unchanged\n');
  expect(stderr).toContain('Importing build... OK');
  expect(stdout).toMatch(/^R[A-Z]{10}$/);
});

test('Convox’s client sends the archive itself, and gets the release in the answer', async () => {
  const body = readFileSync(file);
  if (body.length > 4_000_000) return;
  const response = await ask(`/apps/${to}/builds/import`, { method: 'POST', body });

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: 'complete',
    release: expect.stringMatching(/^R[A-Z]{10}$/),
  });
});

const spoiled = (change: (archive: Buffer) => Buffer): string => {
  const path = join(folder, 'spoiled.tgz');
  writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(file))), { level: 1 }));
  return path;
};

/** In the middle of the last blob, which is a layer. */
const flipped = (archive: Buffer): Buffer => {
  const changed = Buffer.from(archive);
  const at = archive.length - 1024 - 600;
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};

test.each([
  ['that is cut off', (it: Buffer) => it.subarray(0, 3000), /the archive is broken|does not have/],
  ['of something else', () => Buffer.from('no tar '.repeat(500)), /the archive is broken/],
  ['with a changed layer', flipped, /blob sha256:\w+ of the archive is not what its digest says/],
  [
    'without a record',
    (it: Buffer) => it.subarray(512 + Math.ceil(sizeOfFirst(it) / 512) * 512),
    /the archive has no build.json/,
  ],
])('an archive %s fails with the reason, and makes no release', async (_, change, message) => {
  const before = await query<unknown[]>(`releases -a ${to}`);

  const { code, stderr } = await rackless(`builds import -f ${spoiled(change)} -a ${to}`);

  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/ERROR: build failed\n$/);
  expect(await query(`releases -a ${to}`)).toEqual(before);
});

const sizeOfFirst = (archive: Buffer): number =>
  Number.parseInt(archive.subarray(124, 136).toString(), 8);

test('a build that failed, or that nobody knows, has nothing to export', async () => {
  const [failed] = (await query<Build[]>(`builds -a ${to}`)).filter((it) => it.status === 'failed');

  const refused = await rackless(`builds export ${failed?.id} -f ${file}.none -a ${to}`);
  const unknown = await rackless(`builds export BZZZZZZZZZZ -f ${file}.none -a ${to}`);

  expect([refused.code, unknown.code]).toEqual([1, 1]);
  expect(refused.stderr).toContain(`build ${failed?.id} has failed: there is nothing to export`);
  expect(unknown.stderr).toContain('build not found: BZZZZZZZZZZ');
  expect(() => readFileSync(`${file}.none`)).toThrow();
});

test('--json streams an import, and says its end', async () => {
  const { code, lines } = await stream(`builds import -f ${file} -a ${to}`);

  expect(code).toBe(0);
  expect(lines.at(-1)).toMatchObject({ type: 'result', release: expect.any(String) });
});
