import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRack } from '#test/fakes/http-rack.ts';
import { folderWith, runCli } from '#test/run-cli.ts';
import { startCli } from '#test/start-cli.ts';

const isRoot = process.getuid?.() === 0;
const files = { 'convox.yml': 'services:\n  web:\n    build: .\n', Dockerfile: 'FROM scratch\n' };

const makePipe = (path: string): void => {
  spawnSync('sh', ['-c', 'mkfifo -- "$0"', path]);
};

const latin = (folder: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);

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

type Spoil = (folder: string) => unknown;

/** Runs `build` in a folder that was spoiled; nothing may have been asked of the rack. */
const refused = async (spoil: Spoil, line = 'build') => {
  const folder = folderWith(files);
  spoil(folder);
  const { stderr, exitCode, requests } = await runCli(line, { cwd: folder });
  expect([exitCode, requests]).toEqual([1, []]);
  return stderr;
};

const textHint = '  it has to be a text file that you may read\n';
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

/** Root may read everything, so somebody else has to try. */
const asSomebody = async (spoil: Spoil) => {
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

const changes: readonly [string, (path: string) => unknown, string][] = [
  ['vanishes', (it) => rmSync(it), 'a\\nfile'],
  ['shrinks', (it) => writeFileSync(it, 'x'), 'a\\nfile became shorter'],
  ['is written to', (it) => writeFileSync(it, 'other text'), 'a\\nfile'],
  [
    'becomes a link',
    (it) => {
      rmSync(it);
      symlinkSync('Dockerfile', it);
    },
    'a\\nfile',
  ],
];

/** Runs `build` on a folder in which something happens between the two readings. */
const whileItIsSent = async (change: (path: string) => unknown) => {
  const folder = folderWith({ ...files, 'a\nfile': 'first text' });
  const missing: string[] = [];
  const storeSource = ({ chunks }: { chunks?: { sha256: string }[] }) => {
    missing.push(...(chunks ?? []).map((it) => it.sha256));
    if (missing.length === 1) change(join(folder, 'a\nfile'));
    return { object: `object://shop/sources/${'5'.repeat(64)}`, missing };
  };
  return runCli('build', { cwd: folder, rack: { storeSource } });
};

test.each(changes)(
  'a file that %s while it is sent is named, and nothing is built',
  async (_what, change, message) => {
    const { stderr, exitCode, requests } = await whileItIsSent(change);

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `ERROR: the source changed while it was read: ${message}\n` +
        '  run the command again once nothing writes there, or leave it out with a line in .dockerignore\n'
    );
    expect(requests.map((it) => it.operation)).toEqual(['storeSource']);
  }
);

test('a file that only grows while it is sent is sent as it was', async () => {
  const folder = folderWith({ ...files, log: 'first line\n' });
  const rack = await httpRack();
  const grow = setInterval(() => appendFileSync(join(folder, 'log'), 'more\n'), 5);

  const { end } = startCli(['build', '-a', 'shop'], { cwd: folder, env: { RACK_URL: rack.url } });
  const { code, stderr } = await end;
  clearInterval(grow);

  expect([code, stderr]).toEqual([0, '']);
  const log = spawnSync('tar', ['-xOf', '-', 'log'], { input: rack.archive(), encoding: 'utf8' });
  expect(log.stdout).toMatch(/^first line\n(more\n)*$/);
});
