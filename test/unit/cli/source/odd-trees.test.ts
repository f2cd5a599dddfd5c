import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRack } from '#test/fakes/http-rack.ts';
import { folderWith } from '#test/run-cli.ts';
import { startCli } from '#test/start-cli.ts';
import { files } from '../scripts.ts';
import { isRoot, makePipe } from './odd-files.ts';

/** Everything in a folder but pipes and the like: type, mode, and content or target, by path. */
const treeOf = (root: string, folder = ''): Record<string, string> =>
  Object.assign(
    {},
    ...readdirSync(join(root, folder)).map((name) => {
      const path = folder ? `${folder}/${name}` : name;
      const full = join(root, path);
      const stats = lstatSync(full);
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) return { [path]: `-> ${readlinkSync(full)}` };
      if (stats.isDirectory()) return { [path]: `folder ${mode}`, ...treeOf(root, path) };
      if (!stats.isFile()) return {};
      const hash = createHash('sha256').update(readFileSync(full)).digest('hex');
      return { [path]: `${mode} ${stats.size} ${hash}` };
    })
  );

/** Modes that are packed as others: what a umask decides is left out, and a builder may read all. */
const modes: Readonly<Record<string, readonly [made: number, packed: number]>> = {
  'modes/setuid': [0o4755, 0o4755],
  'modes/setgid': [0o2711, 0o2711],
  'modes/run.sh': [0o775, 0o755],
  'modes/private': [0o600, 0o600],
  'modes/write-protected': [0o444, 0o644],
  'modes/open': [0o666, 0o644],
  'sticky/': [0o1777, 0o1755],
  'list-only/': [0o744, 0o755],
};

const oddTree = (): string => {
  const long = `${'far/'.repeat(70)}down`;
  const folder = folderWith({
    ...files,
    'line\nbreak': '1',
    'tab\tbell\u0007\u007f': '2',
    '-rf': '3',
    '--help/ -x ': '4',
    'a\\b': '5',
    '"quoted" $(name)': '6',
    'umläut ☃ 😀': '7',
    [`${'n'.repeat(255)}`]: '8',
    [`${'ü'.repeat(127)}`]: '9',
    [`${'folder-of-some-length/'.repeat(5)}over-100`]: '10',
    [`${'folder-of-some-length/'.repeat(40)}over-255`]: '11',
    [`${'q'.repeat(100)}/${'r'.repeat(155)}`]: 'on the edge of an old header',
    empty: '',
    block: 'x'.repeat(512),
    'empty-folder/nested/gone': '',
    '.hidden': '12',
    ...Object.fromEntries(Object.keys(modes).map((it) => [it.replace(/\/$/, '/in'), it])),
  });
  rmSync(join(folder, 'empty-folder/nested/gone'));
  for (const [path, [made]] of Object.entries(modes)) chmodSync(join(folder, path), made);
  const links = {
    dangling: 'nowhere',
    absolute: '/etc/passwd',
    out: '../../..',
    loop: 'loop',
    long,
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  symlinkSync('empty-folder', join(folder, 'to-folder'));
  symlinkSync('line\nbreak', join(folder, 'to-odd'));
  linkSync(join(folder, 'block'), join(folder, 'hard-link'));
  return folder;
};

const expectedTree = (folder: string): Record<string, string> => {
  const tree = treeOf(folder);
  for (const [path, [, packed]] of Object.entries(modes)) {
    const name = path.replace(/\/$/, '');
    tree[name] = (tree[name] ?? '').replace(/^(folder )?\d+/, `$1${packed.toString(8)}`);
  }
  return tree;
};

const unpacked = (program: readonly string[], archive: Buffer): Record<string, string> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-unpacked-'));
  try {
    const [name = '', ...args] = program;
    const { status, stderr } = spawnSync(name, [...args, '-xpf', '-', '-C', folder], {
      input: archive,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    return treeOf(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const programs = [['tar'], ['busybox', 'tar']].filter(
  ([name]) => name === 'tar' || existsSync(`/bin/${name}`)
);

test('an odd tree arrives as it is, whatever tar unpacks it, and what no archive holds is told', async () => {
  const folder = oddTree();
  const expected = expectedTree(folder);
  makePipe(join(folder, 'line\npipe'));
  const server = createServer().listen(join(folder, 'empty-folder/socket'));
  if (isRoot) spawnSync('mknod', [join(folder, 'null'), 'c', '1', '3']);
  const device = existsSync(join(folder, 'null')) ? ['null'] : [];
  const rack = await httpRack();

  const { end } = startCli(['build', '-a', 'shop'], { cwd: folder, env: { RACK_URL: rack.url } });
  const { code, stderr } = await end;
  server.close();

  expect(rack.mistakes).toEqual([]);
  expect([code, stderr.trim().split('\n')]).toEqual([
    0,
    ['empty-folder/socket', 'line\\npipe', ...device].map(
      (it) => `Skipped ${it}: not a file, folder or link`
    ),
  ]);
  for (const program of programs) expect(unpacked(program, rack.archive())).toEqual(expected);
});

test('no path of an archive begins with a slash or leads out of it', async () => {
  const folder = oddTree();
  const rack = await httpRack();

  await startCli(['build', '-a', 'shop'], { cwd: folder, env: { RACK_URL: rack.url } }).end;

  const { stdout } = spawnSync('tar', ['-tf', '-', '--quoting-style=escape'], {
    input: rack.archive(),
    encoding: 'utf8',
  });
  const paths = stdout.trimEnd().split('\n');
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((it) => it.startsWith('/') || `/${it}/`.includes('/../'))).toEqual([]);
});
