import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Build } from '#contracts/builds.ts';
import { addressOf, get, helloSource, query, rackless } from './rack.ts';

jest.setTimeout(180_000);

const app = 'imported';
const source = helloSource();
const folder = mkdtempSync(join(tmpdir(), 'rackless-import-'));
const manifest = join(folder, 'convox.yml');

/** Where the rack of the tests keeps its images; a rack of somebody else's does not say. */
const registry = process.env['E2E_REGISTRY'];
const chapter = registry ? test : test.skip;

let image = '';

beforeAll(async () => {
  writeFileSync(manifest, 'services:\n  web:\n    port: 3000\n    health: /\n');
  for (const name of [app, `${app}-maker`]) {
    await rackless(`apps delete ${name}`);
    await rackless(`apps create ${name}`);
  }
  const built = await rackless(`build ${source.path} -a ${app}-maker`);
  const log = /pushing manifest for (\S+?)@sha256/.exec(built.stdout);
  image = log?.[1] ?? '';
});

afterAll(async () => {
  source.remove();
  rmSync(folder, { recursive: true, force: true });
  for (const name of [app, `${app}-maker`]) await rackless(`apps delete ${name}`);
});

chapter('an image that is there becomes a build, and its release runs', async () => {
  const imported = await rackless(`builds import-image ${image} -m ${manifest} -a ${app}`);

  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect(imported.stdout).toMatch(
    /^Creating build... OK, (B[A-Z]{10})\nRelaying image \S+... OK\nWaiting for import to complete... OK\nCreating release... OK, (R[A-Z]{10})\nBuild: {3}\1\nRelease: \2\n$/
  );
  const [build] = await query<Build[]>(`builds -a ${app}`);
  expect(build).toMatchObject({ status: 'complete', description: `image ${image}` });
  expect(await rackless(`releases promote ${build?.release} -a ${app}`)).toMatchObject({ code: 0 });
  const { status, body } = await get(await addressOf(app, 'web'));
  expect([status, body]).toEqual([200, expect.stringContaining(build?.release ?? '')]);
});

chapter.each([
  ['/local/none:1', 'its registry has no such image'],
  [`/local/hello@sha256:${'0'.repeat(64)}`, 'its registry has no such image'],
])('%s fails in plain words and makes no release', async (name, reason) => {
  const before = await query<object[]>(`releases -a ${app}`);

  const { code, stderr } = await rackless(
    `builds import-image ${registry}${name} -m ${manifest} -a ${app}`
  );

  expect([code, stderr]).toEqual([1, expect.stringContaining(`: ${reason}: `)]);
  expect(stderr).toMatch(/ERROR: import failed\n$/);
  expect(await query<object[]>(`releases -a ${app}`)).toEqual(before);
});

test('a manifest without a service for the image is refused', async () => {
  const own = join(folder, 'own.yml');
  writeFileSync(own, 'services:\n  cache:\n    image: redis:7\n');

  const { code, stderr } = await rackless(`builds import-image redis:7 -m ${own} -a ${app}`);

  expect([code, stderr]).toEqual([1, expect.stringContaining('no service takes the image')]);
  const [build] = await query<Build[]>(`builds -a ${app}`);
  expect(build).toMatchObject({ status: 'failed' });
});
