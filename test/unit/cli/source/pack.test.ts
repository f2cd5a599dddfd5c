import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { list, type ReadEntry } from 'tar';
import { findSource } from '#cli/source/find-source.ts';
import { type Archive, pack } from '#cli/source/pack.ts';
import { folderWith } from '#test/run-cli.ts';

const manifest = 'services:\n  web:\n    build:\n      path: web\n      manifest: Dockerfile.web\n';

const packed = (folder: string): Promise<Archive> => pack(findSource(folder, '.', 'convox.yml'));

const entriesOf = async (archive: Archive): Promise<ReadEntry[]> => {
  const entries: ReadEntry[] = [];
  await list({ file: archive.file, onReadEntry: (entry) => entries.push(entry) });
  await archive.remove();
  return entries;
};

const pathsOf = async (folder: string): Promise<string[]> =>
  (await entriesOf(await packed(folder))).map(({ path }) => path);

const files = {
  'convox.yml': manifest,
  'web/Dockerfile.web': 'FROM scratch\n',
  'web/run.sh': '#!/bin/sh\n',
  'B.txt': 'b',
  'a.txt': 'a',
};

test('the same source has the same hash, whatever its times, order and modes for others', async () => {
  const [one, other] = [
    folderWith(files),
    folderWith(Object.fromEntries(Object.entries(files).reverse())),
  ];
  utimesSync(join(other, 'a.txt'), 1, 1);
  chmodSync(join(other, 'a.txt'), 0o664);
  const [first, second] = [await packed(one), await packed(other)];

  expect(second.sha256).toBe(first.sha256);
  expect(second.size).toBe(first.size);
  await Promise.all([first.remove(), second.remove()]);
});

test.each([
  ['contents', (folder: string) => writeFileSync(join(folder, 'a.txt'), 'A')],
  ['an execute bit', (folder: string) => chmodSync(join(folder, 'web/run.sh'), 0o755)],
  ['a name', (folder: string) => writeFileSync(join(folder, 'c.txt'), '')],
])('a change of %s changes the hash', async (_what, change) => {
  const folder = folderWith(files);
  const before = await packed(folder);
  change(folder);
  const after = await packed(folder);

  expect(after.sha256).not.toBe(before.sha256);
  await Promise.all([before.remove(), after.remove()]);
});

test('entries are sorted and belong to nobody at no time', async () => {
  const folder = folderWith(files);
  chmodSync(join(folder, 'web/run.sh'), 0o755);
  const entries = await entriesOf(await packed(folder));

  expect(entries.map(({ path }) => path)).toEqual([
    'B.txt',
    'a.txt',
    'convox.yml',
    'web/',
    'web/Dockerfile.web',
    'web/run.sh',
  ]);
  expect(new Set(entries.map(({ mtime }) => mtime?.getTime() ?? 0))).toEqual(new Set([0]));
  expect(entries.every(({ uid, gid }) => !uid && !gid)).toBe(true);
  expect(entries.map(({ mode }) => mode?.toString(8))).toEqual([
    '644',
    '644',
    '644',
    '755',
    '644',
    '755',
  ]);
});

test('ignored files stay out, but not the manifest, .dockerignore and the Dockerfiles', async () => {
  const folder = folderWith({
    ...files,
    '.dockerignore': '*\n!web/run.sh\n',
    'node_modules/x/index.js': '',
  });

  expect(await pathsOf(folder)).toEqual([
    '.dockerignore',
    'convox.yml',
    'web/Dockerfile.web',
    'web/run.sh',
  ]);
});

test('a Dockerfile is found when the service names none', async () => {
  const folder = folderWith({
    'convox.yml': 'services:\n  web:\n    build: ./web\n  job:\n    image: busybox\n',
    '.dockerignore': '**/Dockerfile\n',
    'web/Dockerfile': '',
    'other/Dockerfile': '',
  });

  expect(await pathsOf(folder)).toEqual([
    '.dockerignore',
    'convox.yml',
    'other/',
    'web/',
    'web/Dockerfile',
  ]);
});

test('a manifest that cannot be parsed is for the rack to judge', async () => {
  const folder = folderWith({ 'convox.yml': 'services: [\n' });

  expect(await pathsOf(folder)).toEqual(['convox.yml']);
});

test('links stay links, hard links become files, and a name may start with @', async () => {
  const folder = folderWith({ ...files, '@scope/a.js': 'a' });
  symlinkSync('/nowhere', join(folder, 'dangling'));
  symlinkSync('web', join(folder, 'folder'));
  linkSync(join(folder, 'a.txt'), join(folder, 'z.txt'));
  const entries = await entriesOf(await packed(folder));

  const types = Object.fromEntries(entries.map(({ path, type }) => [path, type]));
  expect(types).toMatchObject({
    '@scope/a.js': 'File',
    dangling: 'SymbolicLink',
    folder: 'SymbolicLink',
    'z.txt': 'File',
  });
  expect(entries.find(({ path }) => path === 'dangling')?.linkpath).toBe('/nowhere');
});

test('a socket is skipped and told', async () => {
  const folder = folderWith(files);
  mkdirSync(join(folder, 'run'));
  const server = createServer().listen(join(folder, 'run/s'));
  const archive = await packed(folder);
  server.close();

  expect(archive.skipped).toEqual(['run/s']);
  expect((await entriesOf(archive)).map(({ path }) => path)).toContain('run/');
});

test('the temporary file is gone after remove', async () => {
  const archive = await packed(folderWith(files));

  expect(existsSync(archive.file)).toBe(true);
  await archive.remove();
  expect(existsSync(archive.file)).toBe(false);
});

test('a file that cannot be read is named, and nothing is left behind', () => {
  const folder = folderWith(files);
  chmodSync(join(folder, 'a.txt'), 0);
  chmodSync(folder, 0o755);
  chmodSync(join(folder, '..'), 0o755);
  const before = temporaryFolders();
  const script =
    `const { pack } = await import('#cli/source/pack.ts');` +
    `const source = { folder: ${JSON.stringify(folder)}, manifestFile: 'convox.yml', manifest: '' };` +
    'await pack(source).catch((error) => process.stdout.write(error.message));';
  // Root may read everything, so it has to be somebody else.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    ...nobody,
  });

  expect(stdout).toBe(`cannot read ${join(folder, 'a.txt')}: permission denied`);
  expect(temporaryFolders()).toEqual(before);
});

const temporaryFolders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => /^rackless-[A-Za-z0-9]{6}$/.test(name));
