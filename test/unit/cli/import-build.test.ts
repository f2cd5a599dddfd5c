import { createHash } from 'node:crypto';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { inTurn, plain, problem, unreachable } from '#test/fakes/scripted-rack.ts';
import { folderWith, runCli, type Setting } from '#test/run-cli.ts';
import { aBuild, anEvent } from './records.ts';

const archive = gzipSync('an archive');
const sha256 = createHash('sha256').update(archive).digest('hex');
const object = `object://shop/imports/${'1'.repeat(64)}`;
const done = `Importing build... OK, ${aBuild().release}\n`;

/** A rack to which the archive comes when its chunk is asked for. */
const rackWith = (here = false) => {
  let isHere = here;
  return {
    storeSource: () => ({ object, missing: isHere ? [] : [sha256] }),
    createChunkUploads: () => {
      isHere = true;
      const headers = { 'content-length': '1' };
      return { uploads: [{ sha256, url: `https://store.test/${sha256}`, headers }] };
    },
    upload: 'ok',
    importBuild: aBuild({ status: 'created', release: '' }),
    listBuildEvents: { events: [anEvent(1, 'Importing: build BX of app shop')], done: true },
    getBuild: aBuild(),
  };
};

const folderWithArchive = (): string => {
  const cwd = folderWith({});
  writeFileSync(join(cwd, 'b.tgz'), archive);
  return cwd;
};

const importing = (line = 'builds import --file b.tgz', setting: Setting = {}) =>
  runCli(line, { rack: rackWith(), cwd: folderWithArchive(), ...setting });

test('builds import --help', async () => {
  const { stdout } = await runCli('builds import --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds import [options]

Makes a build and its release of an archive that \`builds export\` has written, in
this rack or another one, without promoting it. The archive comes from stdin or
out of a file. Archives of Convox work, too.

Options:
  -a, --app <name>   app, if not the one of this folder
  -f, --file <file>  import this archive
  --id               print only the release id on stdout
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless builds import --file build.tgz --app example-app
"
`);
});

test('sends the archive in pieces, and follows the build to its release', async () => {
  const { exitCode, stdout, stderr, uploads, requests } = await importing();

  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^Reading build\.\.\. OK\nUploading build\.\.\. OK, \d+ bytes \(1 of 1 chunks\)\n/
  );
  expect(stdout.endsWith(done)).toBe(true);
  expect(uploads.map((it) => gunzipSync(it.body))).toEqual([archive]);
  const chunk = { sha256, size: archive.length };
  const packed = { sha256: expect.any(String), size: uploads[0]?.body.length };
  const stored = { operation: 'storeSource', app: 'shop', chunks: [chunk], purpose: 'import' };
  expect(requests.slice(0, 4)).toEqual([
    stored,
    {
      operation: 'createChunkUploads',
      app: 'shop',
      chunks: [{ sha256, packed }],
      purpose: 'import',
    },
    stored,
    { operation: 'importBuild', app: 'shop', url: object, body: '' },
  ]);
});

test('what is there of an archive is not sent again', async () => {
  const { uploads, stdout } = await importing(undefined, { rack: rackWith(true) });

  expect(uploads).toEqual([]);
  expect(stdout).toBe(`Reading build... OK\nUploading build... OK, unchanged\n${done}`);
});

test('takes the archive from stdin, and leaves nothing behind', async () => {
  const left = () => readdirSync(tmpdir()).filter((it) => it.startsWith('rackless-import-'));
  const before = left();
  const { exitCode, uploads } = await runCli('builds import', { rack: rackWith(), input: archive });

  expect([exitCode, gunzipSync(uploads[0]?.body ?? '')]).toEqual([0, archive]);
  expect(left()).toEqual(before);
});

test('a file beyond the limit is refused before anything is read or sent', async () => {
  const cwd = folderWith({ 'large.tgz': '' });
  truncateSync(join(cwd, 'large.tgz'), 21 * 1024 ** 3);
  const { exitCode, stderr, requests } = await runCli('builds import -f large.tgz', {
    rack: rackWith(),
    cwd,
  });

  expect([exitCode, requests]).toEqual([1, []]);
  expect(stderr).toContain('ERROR: large.tgz has 22.5 GB; 22.0 GB is the limit\n');
});

test('a file that is written to while it is sent is told', async () => {
  const cwd = folderWithArchive();
  const rack = rackWith();
  const storeSource = () => {
    writeFileSync(join(cwd, 'b.tgz'), gzipSync('another thing'));
    return rack.storeSource();
  };
  const { exitCode, stderr } = await importing(undefined, { rack: { ...rack, storeSource }, cwd });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: b.tgz changed while it was read');
});

test('but waits for nobody to type it', async () => {
  const { exitCode, stderr } = await runCli('builds import', { rack: rackWith(), terminal: true });

  expect(exitCode).toBe(2);
  expect(stderr).toContain('pipe a file into this command or specify --file');
});

test('--id prints the release alone', async () => {
  const { stdout, stderr } = await importing('builds import --file b.tgz --id');

  expect(stdout).toBe(aBuild().release);
  expect(stderr).toContain('Importing build... OK');
});

test('--json tells its steps and its lines', async () => {
  const { stdout } = await importing('builds import --file b.tgz --json');
  const lines = stdout.trimEnd().split('\n');

  expect(lines.map((it) => JSON.parse(it).type)).toEqual([
    'step',
    'step',
    'step',
    'upload',
    'step',
    'step',
    'build',
    'event',
    'step',
    'result',
  ]);
});

test('a terminal shows a bar', async () => {
  const { screen } = await importing(undefined, { terminal: true });

  expect(screen).toContain('Uploading build [');
  expect(screen).toMatch(/Importing build\.\.\. OK, R\w+\n$/);
});

test.each([
  ['none.tgz', 'no such file: none.tgz'],
  ['.', '. is not a file'],
  ['empty.tgz', 'empty.tgz is empty'],
  ['text.tgz', 'text.tgz is not an archive of a build: it is not compressed with gzip'],
])('the file %s is refused before anything is sent', async (file, message) => {
  const cwd = folderWith({ 'empty.tgz': '', 'text.tgz': 'hello' });
  const { exitCode, stderr, requests } = await runCli(`builds import -f ${file}`, {
    rack: rackWith(),
    cwd,
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    `ERROR: ${message}\n  make one: rackless builds export BUILD --file FILE\n`
  );
  expect(requests).toEqual([]);
});

test('an upload is tried again, and told when it stays broken', async () => {
  const twice = await importing(undefined, {
    rack: { ...rackWith(), upload: inTurn(unreachable, plain(503, ''), 'ok') },
  });
  const never = await importing(undefined, { rack: { ...rackWith(), upload: unreachable } });

  expect([twice.exitCode, twice.uploads.length]).toEqual([0, 3]);
  expect(never.exitCode).toBe(1);
  expect(never.stderr).toContain('ERROR: upload failed: connect ECONNREFUSED');
});

test('an import that fails says why', async () => {
  const reason = 'the archive has no build.json: it is not the export of a build';
  const { exitCode, stderr } = await importing(undefined, {
    rack: { ...rackWith(), getBuild: aBuild({ status: 'failed', release: '', reason }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${reason}\n`);
  expect(stderr).toMatch(/ERROR: build failed\n$/);
});

test('says what the rack refuses', async () => {
  const storeSource = problem(409, { code: 'Conflict', detail: 'app is being deleted: shop' });
  const { exitCode, stderr } = await importing(undefined, { rack: { ...rackWith(), storeSource } });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('app is being deleted: shop')]);
});
