import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderWith, runCli } from '#test/run-cli.ts';
import { files } from '../scripts.ts';
import { makePipe, textHint } from './odd-files.ts';

const latin = (folder: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);

type Spoil = (folder: string) => unknown;

/** Runs `build` in a folder that was spoiled; nothing may have been asked of the rack. */
const refused = async (spoil: Spoil, line = 'build') => {
  const folder = folderWith(files);
  spoil(folder);
  const { stderr, exitCode, requests } = await runCli(line, { cwd: folder });
  expect([exitCode, requests]).toEqual([1, []]);
  return stderr;
};

const replaceBy =
  (name: string, make: (path: string) => unknown): Spoil =>
  (folder) => {
    rmSync(join(folder, name), { force: true });
    make(join(folder, name));
  };

const link = (target: string) => (path: string) => symlinkSync(target, path);

test.each<[string, Spoil, string]>([
  [
    'a manifest that is missing',
    (it) => rmSync(join(it, 'convox.yml')),
    'ERROR: no such file: convox.yml\n  an app needs a convox.yml in its folder; --manifest takes another name\n',
  ],
  [
    'a manifest that is a folder',
    replaceBy('convox.yml', (it) => mkdirSync(it)),
    `ERROR: cannot read convox.yml: it is a folder\n${textHint}`,
  ],
  [
    'a manifest that is a pipe',
    replaceBy('convox.yml', makePipe),
    `ERROR: cannot read convox.yml: it is not a file\n${textHint}`,
  ],
  [
    'a manifest beyond measure',
    replaceBy('convox.yml', (it) => writeFileSync(it, '#'.repeat(1_048_577))),
    `ERROR: cannot read convox.yml: it has 1.0 MB; 1.0 MB is the limit\n${textHint}`,
  ],
  [
    'a manifest whose links lead in a circle',
    replaceBy('convox.yml', link('convox.yml')),
    `ERROR: cannot read convox.yml: its links lead in a circle\n${textHint}`,
  ],
  [
    'a manifest that is a link',
    (it) => {
      writeFileSync(join(it, 'other.yml'), files['convox.yml']);
      replaceBy('convox.yml', link('other.yml'))(it);
    },
    'ERROR: convox.yml is a link or in a linked folder, which the rack does not follow\n' +
      '  name the file that it leads to instead, or put a copy in its place\n',
  ],
  [
    'a Dockerfile that is a link',
    replaceBy('Dockerfile', link('convox.yml')),
    'ERROR: Dockerfile is a link or in a linked folder, which the rack does not follow\n' +
      '  name the file that it leads to instead, or put a copy in its place\n',
  ],
  [
    'a .dockerignore that is a folder',
    (it) => mkdirSync(join(it, '.dockerignore')),
    `ERROR: cannot read .dockerignore: it is a folder\n${textHint}`,
  ],
  [
    'a .dockerignore that is a pipe',
    (it) => makePipe(join(it, '.dockerignore')),
    `ERROR: cannot read .dockerignore: it is not a file\n${textHint}`,
  ],
  [
    'a name that is not UTF-8',
    (it) => writeFileSync(latin(it, 'caf\u00e9\n'), ''),
    'ERROR: a file name is not UTF-8: caf\\xe9\\x0a\n' +
      '  rename it, or leave it out with a pattern in .dockerignore, where ? stands for each such byte\n',
  ],
  [
    'a link whose target is not UTF-8',
    (it) => symlinkSync(Buffer.from('caf\u00e9', 'latin1'), join(it, 'a\nlink')),
    'ERROR: the target of a link is not UTF-8: a\\nlink -> caf\\xe9\n' +
      '  let it lead to another name, or leave it out with a line in .dockerignore\n',
  ],
  [
    'more than the rack takes',
    (it) => {
      for (const [name, size] of Object.entries({ 'b.bin': 5e9, 'a\n.bin': 4e9, 'c.bin': 9 })) {
        writeFileSync(join(it, name), '');
        truncateSync(join(it, name), size);
      }
    },
    'ERROR: the source has 9.0 GB; 8.6 GB is the limit\n' +
      '  leave files out with .dockerignore; the largest are b.bin (5.0 GB), a\\n.bin (4.0 GB), convox.yml (30 bytes)\n',
  ],
])('%s is refused with its name before anything is sent', async (_what, spoil, message) => {
  expect(await refused(spoil)).toBe(message);
});

test.each([
  ['a folder that is missing', 'build gone', 'no such folder: gone'],
  ['a folder that is a file', 'build Dockerfile', 'no such folder: Dockerfile'],
  ['an empty folder', 'build empty', 'folder is empty: empty'],
])('%s is refused with its name', async (_what, line, message) => {
  const spoil: Spoil = (it) => {
    mkdirSync(join(it, 'empty'));
  };

  expect(await refused(spoil, line)).toContain(message);
});

test('a path that is too long for the system is refused with its name', async () => {
  const name = 'd'.repeat(250);
  const makeDeep: Spoil = (cwd) =>
    spawnSync(
      'sh',
      ['-c', `for i in $(seq 20); do mkdir ${name} && cd -P ./${name} || exit; done; echo x > f`],
      { cwd }
    );
  const folders: string[] = [];

  const stderr = await refused((it) => folders.push(it) && makeDeep(it));

  spawnSync('rm', ['-rf', join(folders[0] ?? '', name)]);
  expect(stderr).toMatch(/^ERROR: cannot read d{250}\/.*: its path is too long for this system\n/);
});
