import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { create } from 'tar';
import { contextContainer, contextScript } from '#core/builds/context-container.ts';

interface Answer {
  readonly status: number;
  readonly body: Buffer | string;
}

const answers = new Map<string, Answer[]>();
const asked: string[] = [];
let server: Server;
let folder: string;

beforeEach(async () => {
  answers.clear();
  asked.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'rackless-context-'));
  server = createServer((request, response) => {
    const key = (request.url ?? '').replace(/\?.*/, '').slice(1);
    asked.push(key);
    const left = answers.get(key) ?? [];
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? { status: 404, body: '' };
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const address = (key: string): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${key}?X-Amz-Signature=s3cr3t`;

const give = (key: string, ...all: (Answer | Buffer | string)[]): void => {
  const full = all.map((it) =>
    typeof it === 'object' && 'status' in it ? it : { status: 200, body: it }
  );
  answers.set(key, full);
};

const broken: Answer = { status: 500, body: '' };

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const files = { 'a.txt': 'hello\n', 'b.bin': 'x'.repeat(100_000) };

const archiveOf = async (gzip: boolean): Promise<Buffer> => {
  const source = mkdtempSync(join(folder, 'source-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(source, name), content);
  const file = join(folder, 'archive');
  await create({ cwd: source, file, gzip }, Object.keys(files));
  return readFileSync(file);
};

/** Serves an archive in so many parts, and gives their hashes. */
const serveParts = async (count: number): Promise<string[]> => {
  const tar = await archiveOf(false);
  const size = Math.ceil(tar.length / count);
  const hashes = Array.from({ length: count }, (_, at) => {
    const part = tar.subarray(at * size, (at + 1) * size);
    give(`part${at}`, gzipSync(part));
    return sha256(part);
  });
  give('list', hashes.map((hash, at) => `${hash} ${address(`part${at}`)}\n`).join(''));
  return hashes;
};

/** Nobody has to wait between two tries here. */
const withoutSleep = (): string => {
  const programs = mkdtempSync(join(folder, 'programs-'));
  writeFileSync(join(programs, 'sleep'), '#!/bin/sh\n', { mode: 0o755 });
  return programs;
};

/** As in the container, whose workspace lies elsewhere. */
const fetchContext = async (shell: readonly string[] = ['sh']) => {
  const script = contextScript.replaceAll('/workspace', join(folder, 'work space'));
  const [program = '', ...args] = shell;
  const path = `${withoutSleep()}:${process.env['PATH']}`;
  const child = spawn(program, [...args, '-c', script], {
    env: { PATH: path, CONTEXT_URL: address('list') },
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ]);
  return { code, stdout, stderr };
};

const context = (): string => join(folder, 'work space', 'context');

const shells = [['sh'], ['busybox', 'sh']].filter(
  ([program = '']) => program === 'sh' || existsSync(`/bin/${program}`)
);

test.each(shells)(
  '%s %s: unpacks what the parts make together, and leaves no part',
  async (...shell) => {
    await serveParts(11);

    expect(await fetchContext(shell)).toEqual({ code: 0, stdout: '', stderr: '' });

    expect(readdirSync(join(folder, 'work space'))).toEqual(['context']);
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(join(context(), name), 'utf8')).toBe(content);
    }
  }
);

test.each(shells)(
  '%s %s: a part that is gone is named, and nothing else is said',
  async (...shell) => {
    const hashes = await serveParts(6);
    answers.delete('part4');

    const { code, stdout, stderr } = await fetchContext(shell);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^part 5 of 6 is not there: .*\n$/);
    expect(stderr).toContain(hashes[4]);
    expect(stderr).not.toContain('s3cr3t');
  },
  20_000
);

test.each(shells)(
  '%s %s: a part that is not what it was is named',
  async (...shell) => {
    const hashes = await serveParts(3);
    give('part1', gzipSync(Buffer.from('something else')));

    const { code, stderr } = await fetchContext(shell);

    expect([code, stderr]).toEqual([
      1,
      `part 2 of 3 is not what was sent, its SHA-256 is another (${hashes[1]})\n`,
    ]);
  },
  20_000
);

test('a part that does not come at first is asked for again', async () => {
  await serveParts(2);
  give('part0', broken, { status: 200, body: answers.get('part0')?.[0]?.body ?? '' });

  expect(await fetchContext()).toMatchObject({ code: 0, stderr: '' });
  expect(asked.filter((it) => it === 'part0')).toHaveLength(2);
}, 20_000);

test('a list that is not there is told', async () => {
  const { code, stderr } = await fetchContext();

  expect(code).toBe(1);
  expect(stderr).toMatch(/^its list of parts is not there: .*\n$/);
}, 20_000);

test('a whole archive is unpacked as it comes', async () => {
  give('source.tgz', await archiveOf(true));
  give('list', `- ${address('source.tgz')}\n`);

  expect(await fetchContext()).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(join(context(), 'a.txt'), 'utf8')).toBe('hello\n');
});

test.each([
  ['is gone', undefined, /./],
  ['is cut off', (tgz: Buffer) => tgz.subarray(0, 200), /./],
  ['is no tar', () => gzipSync('no tar'.repeat(1000)), /^it cannot be unpacked: .+/],
])('a whole archive that %s is told in one line', async (_what, change, message) => {
  const tgz = await archiveOf(true);
  if (change) give('source.tgz', change(tgz));
  give('list', `- ${address('source.tgz')}\n`);

  const { code, stderr } = await fetchContext();

  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toContain('s3cr3t');
});

test('the address comes from the Secret, and nothing of it stands in the command', () => {
  const container = contextContainer({
    name: 'context',
    image: 'builder:1',
    secret: 'b1-1',
    securityContext: {},
  });

  expect(container).toMatchObject({
    env: [
      { name: 'CONTEXT_URL', valueFrom: { secretKeyRef: { name: 'b1-1', key: 'CONTEXT_URL' } } },
    ],
    terminationMessagePolicy: 'FallbackToLogsOnError',
  });
});
