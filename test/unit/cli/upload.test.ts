import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { inTurn, plain, unreachable } from '#test/fakes/scripted-rack.ts';
import { folderWith, runCli, type Setting } from '#test/run-cli.ts';
import { aBuild, anEvent } from './records.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Chunk {
  readonly sha256: string;
  readonly size: number;
}

const building = {
  upload: 'ok',
  createBuild: aBuild({ status: 'created', release: '' }),
  listBuildEvents: { events: [anEvent(1, 'built')], done: true },
  getBuild: aBuild(),
};

/** A rack that has the chunks of `here`, and believes of every other one that it comes when it is asked for. */
const rackWith = (here: readonly string[] = []) => {
  const arrived = new Set(here);
  return {
    ...building,
    storeSource: (request: object) => {
      const { chunks } = request as { chunks: Chunk[] };
      const missing = new Set(chunks.map((it) => it.sha256).filter((it) => !arrived.has(it)));
      return { object: `object://shop/sources/${'5'.repeat(64)}`, missing: [...missing] };
    },
    createChunkUploads: (request: object) => {
      const { chunks } = request as { chunks: { sha256: string; packed: Chunk }[] };
      for (const { sha256: id } of chunks) arrived.add(id);
      return {
        uploads: chunks.map(({ sha256: id, packed }) => ({
          sha256: id,
          url: `https://store.test/${id}?signature=1`,
          headers: { 'x-sum': packed.sha256, 'content-length': String(packed.size) },
        })),
      };
    },
  };
};

/** Nothing in it repeats: several chunks. */
const random = (bytes: number): string => {
  const block = (at: number) => createHash('sha512').update(`${at}`).digest().toString('latin1');
  return Array.from({ length: bytes / 64 }, (_, at) => block(at)).join('');
};

const files = { 'convox.yml': 'services: {}\n', 'a.txt': 'a' };
const large = { ...files, 'big.bin': random(12_000_000) };

const build = (setting: Setting) => runCli('build', { files, ...setting });

const idsIn = ({ requests: [stored] }: Awaited<ReturnType<typeof build>>): string[] =>
  ((stored?.['chunks'] ?? []) as Chunk[]).map((it) => it.sha256);

test('what is sent makes the archive, is signed as it is sent, and then the build starts', async () => {
  const { stdout, stderr, uploads, requests } = await build({ rack: rackWith(), files: large });

  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Uploading source\.\.\. OK, 1\d\.\d MB \((\d) of \1 chunks\)$/m);
  expect(requests.map((it) => it.operation)).toEqual([
    'storeSource',
    ...Array(requests.length - 5).fill('createChunkUploads'),
    'storeSource',
    'createBuild',
    'listBuildEvents',
    'getBuild',
  ]);
  const listed = requests[0]?.['chunks'] as Chunk[];
  expect(listed.length).toBeGreaterThan(2);
  const sent = new Map(
    uploads.map(({ url, headers, body }) => {
      expect(headers['x-sum']).toBe(sha256(body));
      const content = gunzipSync(body);
      expect(url).toContain(sha256(content));
      return [sha256(content), content] as const;
    })
  );
  const archive = Buffer.concat(listed.map((it) => sent.get(it.sha256) ?? Buffer.alloc(0)));
  expect(archive.subarray(0, 10).toString()).toBe('convox.yml');
  expect(archive.length % 512).toBe(0);
  expect(archive.includes(Buffer.from(large['big.bin'].slice(-64)))).toBe(true);
  expect(requests.find((it) => it.operation === 'createBuild')?.['url']).toBe(
    `object://shop/sources/${'5'.repeat(64)}`
  );
});

test('an unchanged source sends nothing', async () => {
  const first = await build({ rack: rackWith() });
  const { stdout, uploads } = await build({ rack: rackWith(idsIn(first)) });

  expect(uploads).toEqual([]);
  expect(stdout).toContain('Uploading source... OK, unchanged\nStarting build... OK\n');
});

test('only what is missing is sent', async () => {
  const folder = folderWith(large);
  const first = await build({ rack: rackWith(), cwd: folder });
  const chunks = idsIn(first);
  writeFileSync(join(folder, 'z.txt'), 'new');
  const { stdout, uploads } = await build({ rack: rackWith(chunks), cwd: folder });

  expect(uploads).toHaveLength(1);
  expect(stdout).toContain(`(1 of 1 chunks, ${chunks.length - 1} were there)`);
});

test('--json tells what was sent', async () => {
  const { stdout } = await runCli('build --json', { rack: rackWith(), files });
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((it) => JSON.parse(it));

  expect(records.find((it) => it.type === 'upload')).toEqual({
    type: 'upload',
    bytes: expect.any(Number),
    arrived: 1,
    missing: 1,
    chunks: 1,
  });
});

test('a terminal shows a bar, and in the end one line', async () => {
  const { screen } = await build({ rack: rackWith(), terminal: true });

  expect(screen).toContain('Uploading source [>');
  expect(screen).toMatch(/Uploading source\.\.\. OK, \d+ bytes \(1 of 1 chunks\)\n/);
});

test.each([
  ['a connection that breaks', unreachable],
  ['a busy store', plain(503, '<Error><Code>SlowDown</Code></Error>')],
  ['bytes that changed on the line', plain(400, '<Error><Code>BadDigest</Code></Error>')],
])('%s is tried again', async (_what, failure) => {
  const { exitCode, uploads, stdout } = await build({
    rack: { ...rackWith(), upload: inTurn(failure, failure, 'ok') },
  });

  expect([exitCode, uploads.length]).toEqual([0, 3]);
  expect(stdout).toContain(`OK, ${uploads[0]?.body.length} bytes (1 of 1 chunks)`);
});

test('an upload that stays broken is an error, and nothing is built', async () => {
  const { stderr, exitCode, uploads, requests } = await build({
    rack: { ...rackWith(), upload: unreachable },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ERROR: upload failed: connect ECONNREFUSED 127.0.0.1:80 (tried 8 times)\n' +
      '  run the command again: what has arrived is not sent again\n'
  );
  expect(uploads).toHaveLength(8);
  expect(requests.map((it) => it.operation)).toEqual(['storeSource', 'createChunkUploads']);
});

test('an upload that the store refuses is not tried again', async () => {
  const { stderr, uploads } = await build({
    rack: { ...rackWith(), upload: plain(403, '<Error><Code>AccessDenied</Code></Error>') },
  });

  expect(stderr).toContain(
    'ERROR: upload failed: the store refused it with status 403, AccessDenied'
  );
  expect(uploads).toHaveLength(1);
});

test('an upload that takes longer than its address is good gets another', async () => {
  const slow = { ...rackWith(), upload: inTurn(unreachable, unreachable, unreachable, 'ok') };
  let now = Date.parse('2026-03-18T14:30:00Z');
  const sleep = async (): Promise<void> => {
    now += 6 * 60_000;
  };
  const { requests } = await build({ rack: slow, clock: { now: () => new Date(now), sleep } });

  expect(requests.filter((it) => it.operation === 'createChunkUploads')).toHaveLength(3);
});

test.each([
  [
    'has expired',
    403,
    '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
  ],
  ['was signed by credentials that have', 400, '<Error><Code>ExpiredToken</Code></Error>'],
])(
  'an address that %s while the computer slept is replaced at once',
  async (_what, status, text) => {
    const { exitCode, requests, uploads } = await build({
      rack: { ...rackWith(), upload: inTurn(plain(status, text), 'ok') },
    });

    expect([exitCode, uploads.length]).toEqual([0, 2]);
    expect(requests.filter((it) => it.operation === 'createChunkUploads')).toHaveLength(2);
  }
);

test('addresses that are always too old are an error', async () => {
  const text = '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
  const { exitCode, stderr } = await build({ rack: { ...rackWith(), upload: plain(403, text) } });

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'ERROR: upload failed: the store refused its address with status 403, AccessDenied (tried 8 times)\n'
  );
});

test('Ctrl-C while the source is read ends it before anything is sent', async () => {
  const interrupt = new AbortController();
  interrupt.abort();
  const { exitCode, requests, stdout } = await build({ interrupt, rack: rackWith() });

  expect([exitCode, requests]).toEqual([130, []]);
  expect(stdout).not.toContain('Uploading');
});

test('a terminal shows how far the reading is', async () => {
  const { screen } = await build({ rack: rackWith(), terminal: true, files: large });

  expect(screen).toMatch(/Packaging source \[=*> *\] +\d+ % {2}[\d.]+ MB/);
  expect(screen).toContain('Packaging source... OK\n');
});

test('chunks that the store has lost are told', async () => {
  const rack = { ...rackWith(), storeSource: { object: '', missing: ['0'.repeat(64)] } };
  const { stderr, exitCode } = await build({ rack });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: upload failed: 1 of its parts did not arrive');
});

test('a file that is written to while it is sent is named', async () => {
  const folder = folderWith(files);
  const rack = rackWith();
  const storeSource = (request: object) => {
    writeFileSync(join(folder, 'a.txt'), 'b');
    return rack.storeSource(request);
  };
  const { stderr, exitCode } = await build({ cwd: folder, rack: { ...rack, storeSource } });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: the source changed while it was read: a.txt');
});
