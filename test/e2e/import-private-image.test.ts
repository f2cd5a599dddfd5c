import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Build } from '#contracts/builds.ts';
import { pushBusyboxImage } from '../cluster/bed/busybox-image.ts';
import { hasRegistryPrograms } from '../cluster/registry/programs.ts';
import { owner, startPasswordRegistry } from '../cluster/registry/start-password-registry.ts';
import type { CheckingRegistry } from '../cluster/registry/start-registry.ts';
import { query, rackless } from './rack.ts';

jest.setTimeout(180_000);

/** Builders of the embedded cluster reach what is on the loopback of this machine. */
const chapter = process.env['E2E_STARTED'] && hasRegistryPrograms() ? test : test.skip;

const app = 'private';
const folder = mkdtempSync(join(tmpdir(), 'rackless-private-'));
const manifest = join(folder, 'convox.yml');

let registry: CheckingRegistry | undefined;
let image = '';

beforeAll(async () => {
  if (chapter === test.skip) return;
  writeFileSync(manifest, 'services:\n  web:\n    command: sleep 1000\n');
  registry = await startPasswordRegistry();
  const login = `${owner.username}:${owner.password}`;
  image = pushBusyboxImage({
    registry: registry.host,
    name: 'acme/tools:1',
    command: ['sh'],
    login,
  });
  await rackless(`apps delete ${app}`);
  await rackless(`apps create ${app}`);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await registry?.stop();
  await rackless(`apps delete ${app}`);
});

const importing = (password?: string) => {
  process.env['SOURCE_PASSWORD'] = password;
  const login = password
    ? `--src-creds-user ${owner.username} --src-creds-pass-env SOURCE_PASSWORD`
    : '';
  return rackless(`builds import-image ${image} -m ${manifest} -a ${app} ${login}`.trim());
};

chapter.each([
  ['no login', undefined],
  ['a wrong one', 'not-it-at-all'],
])('with %s it is denied, and no release is made', async (_, password) => {
  const { code, stderr } = await importing(password);

  expect(code).toBe(1);
  expect(stderr).toContain(
    `copying ${image} for web failed with exit code 1: its registry does not`
  );
  expect(await query<object[]>(`releases -a ${app}`)).toEqual([]);
});

chapter('with the right one it is copied, and the password is kept nowhere', async () => {
  const { code, stdout, stderr } = await importing(owner.password);

  expect([code, stderr]).toEqual([0, '']);
  const [build] = await query<Build[]>(`builds -a ${app}`);
  expect(build).toMatchObject({ status: 'complete' });
  const log = (await rackless(`builds logs ${build?.id} -a ${app}`)).stdout;
  expect(log).toContain(`Copying: ${image} (web)`);
  expect(`${stdout}${log}${JSON.stringify(build)}`).not.toContain(owner.password);
});
