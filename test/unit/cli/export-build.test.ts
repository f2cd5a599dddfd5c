import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inTurn, plain, problem, unreachable } from '#test/fakes/scripted-rack.ts';
import { folderWith, runCli } from '#test/run-cli.ts';

const archive = Buffer.from('the archive of a build');
const running = {
  build: 'BABCDEFGHIJ',
  status: 'running',
  done: 0,
  total: 0,
  reason: '',
} as const;
const complete = {
  ...running,
  status: 'complete',
  done: archive.length,
  total: archive.length,
  url: 'https://store.test/archive?signature=1',
} as const;

const rack = {
  startExport: running,
  getExport: inTurn({ ...running, done: 5, total: 20 }, complete),
  download: archive,
};

test('builds export --help', async () => {
  const { stdout } = await runCli('builds export --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds export [options] <build>

Writes a build into one archive: its images as an OCI image layout, which other
tools read as well, and what the rack knows of the build. Values of the
environment are not in it. The archive goes to stdout or into a file.

Arguments:
  build              id of the build

Options:
  -a, --app <name>   app, if not the one of this folder
  -f, --file <file>  write the archive to this file
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless builds export BABCDEFGHIJ --file build.tgz --app example-app
"
`);
});

test('writes the archive into a file', async () => {
  const cwd = folderWith({});
  const { stdout, stderr, exitCode, requests } = await runCli(
    'builds export BABCDEFGHIJ --file b.tgz -a blog',
    { rack, cwd }
  );

  expect([exitCode, stdout, stderr]).toEqual([0, 'Exporting build... OK\n', '']);
  expect(readFileSync(join(cwd, 'b.tgz'))).toEqual(archive);
  expect(readdirSync(cwd)).toEqual(['b.tgz']);
  expect(requests).toEqual([
    { operation: 'startExport', app: 'blog', id: 'BABCDEFGHIJ' },
    { operation: 'getExport', app: 'blog', id: 'BABCDEFGHIJ' },
    { operation: 'getExport', app: 'blog', id: 'BABCDEFGHIJ' },
  ]);
});

test('or to stdout, where nothing else goes', async () => {
  const { content, stdout, stderr } = await runCli('builds export BABCDEFGHIJ', { rack });

  expect(content).toEqual(archive);
  expect([stdout, stderr]).toEqual(['', 'Exporting build... OK\n']);
});

test('but not onto a person’s terminal', async () => {
  const { exitCode, stderr, requests } = await runCli('builds export BABCDEFGHIJ', {
    rack,
    terminal: true,
  });

  expect(exitCode).toBe(2);
  expect(stderr).toContain('pipe this command into a file or specify --file');
  expect(requests).toEqual([]);
});

test('a terminal shows how far it is', async () => {
  const { screen } = await runCli('builds export BABCDEFGHIJ --file b.tgz', {
    rack,
    terminal: true,
  });

  expect(screen).toContain('Exporting build [======');
  expect(screen).toMatch(/Exporting build\.\.\. OK\n$/);
});

test('--json says what was written', async () => {
  const { stdout } = await runCli('builds export BABCDEFGHIJ --file b.tgz --json', { rack });

  expect(JSON.parse(stdout)).toEqual({
    build: 'BABCDEFGHIJ',
    file: 'b.tgz',
    bytes: archive.length,
  });
});

const broken = () =>
  new Response(
    ReadableStream.from(
      (async function* () {
        yield archive.subarray(0, 9);
        throw new Error('connection reset');
      })()
    )
  );

test('a download that breaks goes on where it broke', async () => {
  const ranges: unknown[] = [];
  const download = ({ range }: { range?: unknown }) => {
    ranges.push(range);
    return ranges.length === 1 ? broken() : archive;
  };
  const { content, exitCode } = await runCli('builds export BABCDEFGHIJ', {
    rack: { ...rack, startExport: complete, download: (it: object) => download(it) },
  });

  expect([exitCode, content.toString()]).toEqual([0, archive.toString()]);
  expect(ranges[0]).toBeNull();
  expect(ranges.slice(1)).toEqual(['bytes=9-']);
});

test.each([
  ['stays broken', unreachable, 'download failed: connect ECONNREFUSED 127.0.0.1:80'],
  ['is refused', plain(403, ''), 'download failed: the store answered with status 403'],
])('a download that %s leaves no file', async (_, download, message) => {
  const cwd = folderWith({});
  const { exitCode, stderr } = await runCli('builds export BABCDEFGHIJ -f b.tgz', {
    rack: { ...rack, startExport: complete, download },
    cwd,
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain(`ERROR: ${message}`);
  expect(readdirSync(cwd)).toEqual([]);
});

test.each([
  ['missing/b.tgz', 'cannot write missing/b.tgz: its folder does not exist'],
  ['.', 'cannot write .: it is a folder'],
])('the file %s can not be written', async (file, message) => {
  const cwd = folderWith({});
  const { exitCode, stderr } = await runCli(`builds export BABCDEFGHIJ -f ${file}`, {
    rack: { ...rack, startExport: complete },
    cwd,
  });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`ERROR: ${message}`)]);
  expect(existsSync(`${cwd}.part`)).toBe(false);
});

test('says why the rack could not make the archive', async () => {
  const reason = 'image of web is not in the registry any more: reg/shop@sha256:0';
  const { exitCode, stderr } = await runCli('builds export BABCDEFGHIJ', {
    rack: { startExport: running, getExport: { ...running, status: 'failed', reason } },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain(`ERROR: build BABCDEFGHIJ could not be exported: ${reason}`);
});

test('says what the rack refuses', async () => {
  const startExport = problem(409, {
    code: 'Conflict',
    detail: 'build BABCDEFGHIJ has failed: there is nothing to export',
  });
  const { exitCode, stderr } = await runCli('builds export BABCDEFGHIJ', { rack: { startExport } });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('there is nothing to export')]);
});
