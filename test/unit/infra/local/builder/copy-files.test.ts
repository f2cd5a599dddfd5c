import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { create } from 'tar';
import { BuildBench } from './build-bench.ts';

let bench: BuildBench;
beforeEach(async () => {
  bench = await BuildBench.open();
});
afterEach(() => bench.close());

const filesOf = async (dockerfile: string): Promise<Readonly<Record<string, string>>> => {
  const { code, output } = await bench.build(dockerfile);
  expect([code, output]).toEqual([0, output]);
  return (await bench.pushed()).files;
};

test('a folder is copied without itself, a file under its name or another', async () => {
  bench.write({ 'src/a.txt': 'a', 'src/deep/b.txt': 'b', 'c.txt': 'c' });

  expect(
    await filesOf('FROM scratch\nCOPY src /one\nCOPY c.txt /two/\nCOPY c.txt three\n')
  ).toEqual({
    'one/': 'folder 755',
    'one/a.txt': 'file 644 a',
    'one/deep/': 'folder 755',
    'one/deep/b.txt': 'file 644 b',
    'two/': 'folder 755',
    'two/c.txt': 'file 644 c',
    three: 'file 644 c',
  });
});

test('a file goes into a folder that an earlier instruction made', async () => {
  bench.write({ 'c.txt': 'c' });

  expect(await filesOf('FROM scratch\nWORKDIR /one\nCOPY c.txt /one\n')).toEqual({
    'one/': 'folder 755',
    'one/c.txt': 'file 644 c',
  });
});

test('wildcards match within a part of the path, and may match nothing', async () => {
  bench.write({
    'a.js': '1',
    'b.js': '2',
    'a.ts': '3',
    'sub/c.js': '4',
    'lib/d.js': '5',
    '[x]': '6',
  });

  const { code, output } = await bench.build(
    'FROM scratch\nCOPY *.js no*pe /top/\nCOPY */[cd].js /sub/\nCOPY ["[[]x]", "/x"]\n'
  );

  expect(code).toBe(0);
  expect(output).toContain('note: nothing matches no*pe');
  expect(Object.keys((await bench.pushed()).files)).toEqual([
    'top/',
    'top/a.js',
    'top/b.js',
    'sub/',
    'sub/c.js',
    'sub/d.js',
    'x',
  ]);
});

test('names with blanks are written as a JSON list', async () => {
  bench.write({ 'a b.txt': 'x', 'ü.txt': 'y', [`${'long'.repeat(60)}.txt`]: 'z' });

  const files = await filesOf('FROM scratch\nCOPY ["a b.txt", "/c d.txt"]\nCOPY . /all/\n');

  expect(files['c d.txt']).toBe('file 644 x');
  expect(files['all/ü.txt']).toBe('file 644 y');
  expect(files[`all/${'long'.repeat(60)}.txt`]).toBe('file 644 z');
});

test('.dockerignore hides files from COPY, and from being found', async () => {
  bench.write({
    '.dockerignore': 'node_modules\n*.log\n!keep.log\n**/secret*\n',
    'node_modules/x.js': '',
    'a.log': '',
    'keep.log': 'k',
    'deep/secret.txt': '',
    'deep/open.txt': 'o',
  });

  const files = await filesOf('FROM scratch\nCOPY . /\n');
  const { lines } = await bench.build('FROM scratch\nCOPY a.log /\n');

  expect(Object.keys(files)).toEqual([
    '.dockerignore',
    'Dockerfile',
    'deep/',
    'deep/open.txt',
    'keep.log',
  ]);
  expect(lines.at(-1)).toContain('"/a.log": not found (it is excluded by .dockerignore)');
});

test('an ignored folder is there when something in it came back', async () => {
  bench.write({
    '.dockerignore': '*\n!lib/keep\n',
    'lib/keep/a': 'a',
    'lib/b': 'b',
    'other/c': 'c',
  });

  expect(Object.keys(await filesOf('FROM scratch\nCOPY . /\n'))).toEqual([
    'lib/',
    'lib/keep/',
    'lib/keep/a',
  ]);
});

test('a file beside the Dockerfile can replace .dockerignore', async () => {
  bench.write({ '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b', a: '', b: '' });

  const files = await filesOf('FROM scratch\nCOPY a /\n');

  expect(Object.keys(files)).toEqual(['a']);
  expect((await bench.build('FROM scratch\nCOPY b /\n')).code).toBe(1);
});

test('copies from a stage by name or number, with what it copied itself', async () => {
  bench.write({ 'a.txt': 'a' });

  const files = await filesOf(
    'FROM scratch AS Build\nCOPY a.txt /out/x/\nFROM scratch\nCOPY --from=build /out /one\nCOPY --from=0 /out/x/*.txt /\n'
  );

  expect(files).toEqual({
    'one/': 'folder 755',
    'one/x/': 'folder 755',
    'one/x/a.txt': 'file 644 a',
    'a.txt': 'file 644 a',
  });
});

test('--from an image that cannot be had is an error', async () => {
  const { code, lines } = await bench.build('FROM scratch\nCOPY --from=localhost:2/x:1 /a /a\n');

  expect(code).toBe(1);
  expect(lines.at(-1)).toContain(
    '--from=localhost:2/x:1: no such stage, and the image cannot be pulled (localhost:2: ECONNREFUSED)'
  );
});

test('links in a folder stay links; one that is named leads inside the context only', async () => {
  bench.write({ 'real/a.txt': 'a' });
  writeFileSync(join(bench.folder, 'outside.txt'), 'outside');
  symlinkSync('../../outside.txt', join(bench.context, 'real', 'out'));
  symlinkSync('real/a.txt', join(bench.context, 'in'));
  symlinkSync('/etc', join(bench.context, 'outer'));

  const files = await filesOf('FROM scratch\nCOPY real /r\nCOPY in /in\n');
  const named = await bench.build('FROM scratch\nCOPY real/out /x\n');
  const through = await bench.build('FROM scratch\nCOPY outer/passwd /x\n');

  expect(files).toEqual({
    'r/': 'folder 755',
    'r/a.txt': 'file 644 a',
    'r/out': 'link ../../outside.txt',
    in: 'file 644 a',
  });
  expect(named.lines.at(-1)).toContain('"/real/out": not found');
  expect(through.lines.at(-1)).toContain('"/outer/passwd": not found');
});

test('--chmod replaces modes, execute bits are kept without it', async () => {
  bench.write({ 'd/run.sh': '#!/bin/sh\n' });

  expect(await filesOf('FROM scratch\nARG M=750\nCOPY --chmod=$M d /d\n')).toMatchObject({
    'd/run.sh': 'file 750 #!/bin/sh\n',
  });
});

test('a large file is streamed', async () => {
  bench.write({ big: randomBytes(30_000_001) });

  expect(await filesOf('FROM scratch\nCOPY big /\n')).toEqual({ big: 'file 644 of 30000001' });
});

test('sockets are left out with a note', async () => {
  bench.write({ a: 'a' });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(bench.context, 's.sock'), resolve));

  const { code, output } = await bench.build('FROM scratch\nCOPY . /\n');
  await new Promise((resolve) => server.close(resolve));

  expect(code).toBe(0);
  expect(output).toContain('note: s.sock is a socket, pipe or device: left out');
});

test('a folder cannot take the place of a file', async () => {
  bench.write({ a: 'a', 'd/b': 'b' });

  for (const target of ['/a/', '/a', '/a/c/']) {
    const { lines } = await bench.build(`FROM scratch\nCOPY a /a\nCOPY d ${target}\n`);
    expect(lines.at(-1)).toContain('cannot copy to non-directory: /a');
  }
});

test('ADD takes plain files and refuses archives, which it would have to unpack', async () => {
  mkdirSync(bench.context, { recursive: true });
  bench.write({ 'a.txt': 'a', 'plain.gz': gzipSync('no archive') });
  await create({ cwd: bench.context, file: join(bench.context, 'x.tgz'), gzip: true }, ['a.txt']);

  const files = await filesOf('FROM scratch\nADD a.txt plain.gz /\n');
  const { code, lines } = await bench.build('FROM scratch\nADD x.tgz /\n');

  expect(Object.keys(files)).toEqual(['a.txt', 'plain.gz']);
  expect(code).toBe(1);
  expect(lines.at(-1)).toContain('line 2: ADD x.tgz would unpack an archive');
});
