import { chmodSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRack } from '#test/fakes/http-rack.ts';
import { folderWith } from '#test/run-cli.ts';
import { startCli } from '#test/start-cli.ts';
import { files } from '../scripts.ts';
import { isRoot, textHint } from './odd-files.ts';

/** Root may read everything: somebody else has to try. */
const asSomebody = async (spoil: (folder: string) => unknown) => {
  const folder = folderWith({ ...files, 'sub/in\nside': 'x', 'a.txt': 'a' });
  for (const it of [folder, join(folder, '..')]) chmodSync(it, 0o755);
  spoil(folder);
  const rack = await httpRack();
  const { end } = startCli(['build', folder, '-a', 'shop'], {
    cwd: tmpdir(),
    env: { RACK_URL: rack.url },
    uid: isRoot ? 65_534 : undefined,
  });
  const { code, stderr } = await end;
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'sub'), 0o755);
  expect([code, rack.requests]).toEqual([1, []]);
  return stderr;
};

const leaveOut = '  make it readable, or leave it out with a line in .dockerignore\n';

test.each<[string, { readonly path: string; readonly mode?: number }, string]>([
  ['a file', { path: 'a.txt' }, `a.txt: permission denied\n${leaveOut}`],
  [
    'a file with an odd name',
    { path: 'sub/in\nside' },
    `sub/in\\nside: permission denied\n${leaveOut}`,
  ],
  ['a folder', { path: 'sub' }, `sub: permission denied\n${leaveOut}`],
  [
    'a folder that can only be listed',
    { path: 'sub', mode: 0o444 },
    `sub/in\\nside: permission denied\n${leaveOut}`,
  ],
  ['a manifest', { path: 'convox.yml' }, `convox.yml: permission denied\n${textHint}`],
  ['a Dockerfile', { path: 'Dockerfile' }, `Dockerfile: permission denied\n${leaveOut}`],
  ['a .dockerignore', { path: '.dockerignore' }, `.dockerignore: permission denied\n${textHint}`],
])(
  '%s that cannot be read is refused with its name',
  async (_what, { path, mode = 0 }, message) => {
    const stderr = await asSomebody((it) => {
      writeFileSync(join(it, '.dockerignore'), '');
      chmodSync(join(it, path), mode);
    });

    expect(stderr).toBe(`ERROR: cannot read ${message}`);
  }
);

test('an unreadable folder that is left out is no trouble, nor is a file that is', async () => {
  const folder = folderWith({
    ...files,
    '.dockerignore': 'sub\n*.key\n',
    'sub/a': '',
    'my.key': '',
  });
  for (const it of [folder, join(folder, '..')]) chmodSync(it, 0o755);
  for (const it of ['sub', 'my.key']) chmodSync(join(folder, it), 0);
  const rack = await httpRack();

  const { end } = startCli(['build', folder, '-a', 'shop'], {
    cwd: tmpdir(),
    env: { RACK_URL: rack.url },
    uid: isRoot ? 65_534 : undefined,
  });

  expect(await end).toMatchObject({ code: 0, stderr: '' });
  chmodSync(join(folder, 'sub'), 0o755);
});

test('a folder that cannot be read is refused', async () => {
  const stderr = await asSomebody((it) => chmodSync(it, 0));

  expect(stderr).toContain(': permission denied\n  give the folder of the app');
});
