import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pack, Parser, type ReadEntry } from 'tar';
import { sha256 } from '#cli/source/chunks.ts';
import { findSource } from '#cli/source/find-source.ts';
import { type Packed, pack } from '#cli/source/pack.ts';
import { folderWith } from '#test/run-cli.ts';

const manifest = 'services:\n  web:\n    build:\n      path: web\n      manifest: Dockerfile.web\n';

const packed = (folder: string): Packed => pack(findSource(folder, '.', 'convox.yml'));

const bytesOf = ({ archive }: Packed): Buffer => {
  const bytes = Buffer.alloc(archive.size);
  archive.read(0, bytes);
  return bytes;
};

const hashOf = (folder: string): string => sha256(bytesOf(packed(folder)));

const entriesOf = (source: Packed): ReadEntry[] => {
  const entries: ReadEntry[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      entries.push(entry);
      entry.resume();
    },
  });
  parser.end(bytesOf(source));
  return entries;
};

const pathsOf = (folder: string): string[] => entriesOf(packed(folder)).map(({ path }) => path);

const files = {
  'convox.yml': manifest,
  'web/Dockerfile.web': 'FROM scratch\n',
  'web/run.sh': '#!/bin/sh\n',
  'B.txt': 'b',
  'a.txt': 'a',
};

test('the same source has the same bytes, whatever its times, order and modes for others', () => {
  const [one, other] = [
    folderWith(files),
    folderWith(Object.fromEntries(Object.entries(files).reverse())),
  ];
  utimesSync(join(other, 'a.txt'), 1, 1);
  chmodSync(join(other, 'a.txt'), 0o664);

  expect(hashOf(other)).toBe(hashOf(one));
});

test.each([
  ['contents', (folder: string) => writeFileSync(join(folder, 'a.txt'), 'A')],
  ['an execute bit', (folder: string) => chmodSync(join(folder, 'web/run.sh'), 0o755)],
  ['a name', (folder: string) => writeFileSync(join(folder, 'c.txt'), '')],
])('a change of %s changes the bytes', (_what, change) => {
  const folder = folderWith(files);
  const before = hashOf(folder);
  change(folder);

  expect(hashOf(folder)).not.toBe(before);
});

test('writes what node-tar writes, any part of it by itself', async () => {
  const folder = folderWith({
    ...files,
    empty: '',
    [`deep/${'long-name/'.repeat(12)}file`]: 'far down',
    'umläut.txt': 'not ASCII',
    'line\nbreak': 'two lines',
    block: 'x'.repeat(512),
    'big.bin': 'y'.repeat(3_000_000),
  });
  symlinkSync(`/nowhere/${'far/'.repeat(40)}`, join(folder, 'long-link'));
  const { archive } = packed(folder);
  const expected = await packedByLibrary(folder, pathsOf(folder));

  expect(bytesOf(packed(folder)).equals(expected)).toBe(true);
  fc.assert(
    fc.property(fc.nat(archive.size - 1), fc.nat(2_000_000), (start, length) => {
      const part = Buffer.alloc(Math.min(length, archive.size - start), '?');
      archive.read(start, part);
      return part.equals(expected.subarray(start, start + part.length));
    }),
    { numRuns: 200 }
  );
});

class NoLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined;
  }
}

const packedByLibrary = (folder: string, paths: readonly string[]): Promise<Buffer> => {
  const library = new Pack({
    cwd: folder,
    portable: true,
    mtime: new Date(0),
    noDirRecurse: true,
    strict: true,
    linkCache: new NoLinks(),
  });
  for (const path of paths) library.add(path.replace(/\/$/, ''));
  library.end();
  return library.concat();
};

test('what the rack reads comes first, the rest by name, and all belongs to nobody at no time', () => {
  const folder = folderWith(files);
  chmodSync(join(folder, 'web/run.sh'), 0o755);
  const entries = entriesOf(packed(folder));

  expect(entries.map(({ path }) => path)).toEqual([
    'convox.yml',
    'web/Dockerfile.web',
    'B.txt',
    'a.txt',
    'web/',
    'web/run.sh',
  ]);
  expect(new Set(entries.map(({ mtime }) => mtime?.getTime() ?? 0))).toEqual(new Set([0]));
  expect(entries.every(({ uid, gid }) => !uid && !gid)).toBe(true);
  expect(entries.map(({ mode }) => mode?.toString(8))).toEqual([
    '644',
    '644',
    '644',
    '644',
    '755',
    '755',
  ]);
});

test('ignored files stay out, but not the manifest, .dockerignore and the Dockerfiles', () => {
  const folder = folderWith({
    ...files,
    '.dockerignore': '*\n!web/run.sh\n',
    'node_modules/x/index.js': '',
  });

  expect(pathsOf(folder)).toEqual([
    '.dockerignore',
    'convox.yml',
    'web/Dockerfile.web',
    'web/run.sh',
  ]);
});

test('a Dockerfile is found when the service names none', () => {
  const folder = folderWith({
    'convox.yml': 'services:\n  web:\n    build: ./web\n  job:\n    image: busybox\n',
    '.dockerignore': '**/Dockerfile\n',
    'web/Dockerfile': '',
    'other/Dockerfile': '',
  });

  expect(pathsOf(folder)).toEqual([
    '.dockerignore',
    'convox.yml',
    'web/Dockerfile',
    'other/',
    'web/',
  ]);
});

test('a Dockerfile with ignore rules of its own goes by them, the others by .dockerignore', () => {
  const folder = folderWith({
    'convox.yml':
      'services:\n  web:\n    build: {path: ., manifest: web.Dockerfile}\n  api:\n    build: api\n',
    '.dockerignore': '*\n!api/Dockerfile\n!api/a.js\n',
    'web.Dockerfile': '',
    'web.Dockerfile.dockerignore': 'api\n**/secret\n',
    'api/Dockerfile': '',
    'api/a.js': '',
    'api/b.js': '',
    'web/w.js': '',
    'web/secret': '',
  });

  expect(pathsOf(folder)).toEqual([
    '.dockerignore',
    'api/Dockerfile',
    'convox.yml',
    'web.Dockerfile',
    'web.Dockerfile.dockerignore',
    'api/a.js',
    'web/',
    'web/w.js',
  ]);
});

test('what the only build ignores by rules of its own stays out, and what is outside of it', () => {
  const folder = folderWith({
    'convox.yml': 'services:\n  web:\n    build: {path: ./web/}\n',
    'web/Dockerfile': '',
    'web/Dockerfile.dockerignore': 'node_modules\n!node_modules/keep\n',
    'web/w.js': '',
    'web/node_modules/x.js': '',
    'web/node_modules/keep': '',
    'other/o.js': '',
  });

  expect(pathsOf(folder)).toEqual([
    'convox.yml',
    'web/Dockerfile',
    'web/Dockerfile.dockerignore',
    'web/',
    'web/node_modules/keep',
    'web/w.js',
  ]);
});

test('a pattern that is wrong is named with its file', () => {
  const folder = folderWith({
    'convox.yml': 'services:\n  web:\n    build: .\n',
    'Dockerfile.dockerignore': 'fine\n[\n',
  });

  expect(() => packed(folder)).toThrow('invalid pattern in Dockerfile.dockerignore, line 2: [');
});

test('a manifest that cannot be parsed is for the rack to judge', () => {
  const folder = folderWith({ 'convox.yml': 'services: [\n' });

  expect(pathsOf(folder)).toEqual(['convox.yml']);
});

test('links stay links, hard links become files, and a name may start with @', () => {
  const folder = folderWith({ ...files, '@scope/a.js': 'a' });
  symlinkSync('/nowhere', join(folder, 'dangling'));
  symlinkSync('web', join(folder, 'folder'));
  linkSync(join(folder, 'a.txt'), join(folder, 'z.txt'));
  const entries = entriesOf(packed(folder));

  const types = Object.fromEntries(entries.map(({ path, type }) => [path, type]));
  expect(types).toMatchObject({
    '@scope/a.js': 'File',
    dangling: 'SymbolicLink',
    folder: 'SymbolicLink',
    'z.txt': 'File',
  });
  expect(entries.find(({ path }) => path === 'dangling')?.linkpath).toBe('/nowhere');
});

const makePipe = (path: string): void => {
  spawnSync('sh', ['-c', 'mkfifo "$0"', path]);
};

test('a socket and a pipe are skipped and told', () => {
  const folder = folderWith(files);
  mkdirSync(join(folder, 'run'));
  const server = createServer().listen(join(folder, 'run/s'));
  makePipe(join(folder, 'run/pipe'));
  const source = packed(folder);
  server.close();

  expect(source.skipped).toEqual(['run/pipe', 'run/s']);
  expect(entriesOf(source).map(({ path }) => path)).toContain('run/');
});

const rest = (folder: string) => {
  const source = packed(folder);
  return () => bytesOf(source);
};

test('a file that vanishes, shrinks or turns into something else while it is read is named', () => {
  const folder = folderWith({ ...files, 'log\n1': 'long enough' });
  const path = join(folder, 'log\n1');
  const changed = 'the source changed while it was read: log\\n1';

  const read = rest(folder);
  rmSync(path);
  expect(read).toThrow(changed);
  symlinkSync('a.txt', path);
  expect(read).toThrow(changed);
  rmSync(path);
  makePipe(path);
  expect(read).toThrow(changed);
  rmSync(path);
  writeFileSync(path, 'short');
  expect(read).toThrow(`${changed} became shorter`);
});

test('a file that grows is packed as long as it was', () => {
  const folder = folderWith(files);
  const before = hashOf(folder);
  const read = rest(folder);
  writeFileSync(join(folder, 'a.txt'), 'a and more');

  expect(sha256(read())).toBe(before);
});

test('a name that is not UTF-8 is told byte by byte, unless it is ignored', () => {
  const folder = folderWith({ ...files, 'sub/b.txt': '' });
  writeFileSync(
    Buffer.concat([Buffer.from(join(folder, 'sub/caf')), Buffer.from([0xe9, 0x0a])]),
    'latin'
  );

  expect(() => packed(folder)).toThrow('a file name is not UTF-8: sub/caf\\xe9\\x0a');
  writeFileSync(join(folder, '.dockerignore'), 'sub/caf?*\n');
  expect(pathsOf(folder)).toContain('sub/b.txt');
});

test('a source of nothing but an empty manifest is an archive', () => {
  expect(pathsOf(folderWith({ 'convox.yml': '' }))).toEqual(['convox.yml']);
});

test('a file that cannot be read is named', () => {
  const folder = folderWith(files);
  chmodSync(join(folder, 'a.txt'), 0);
  chmodSync(folder, 0o755);
  chmodSync(join(folder, '..'), 0o755);
  const script =
    `const { pack } = await import('#cli/source/pack.ts');` +
    `const { chunksOf } = await import('#cli/source/chunks.ts');` +
    `const source = { folder: ${JSON.stringify(folder)}, manifestFile: 'convox.yml', manifest: '' };` +
    'await chunksOf(pack(source).archive).catch((error) => process.stdout.write(error.message));';
  // Root may read everything, so it has to be somebody else.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    ...nobody,
  });

  expect(stdout).toBe('cannot read a.txt: permission denied');
});
