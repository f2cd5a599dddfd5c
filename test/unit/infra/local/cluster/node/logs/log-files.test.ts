import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ContainerLog } from '#infra/local/cluster/node/logs/container-log.ts';
import { LogFiles } from '#infra/local/cluster/node/logs/log-files.ts';
import type { PodLogOptions } from '#infra/local/cluster/pod-logs.ts';

let folder: string;
let logs: LogFiles;
const pod = { metadata: { namespace: 'shop', name: 'web-1', uid: 'u1' } };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackless-logs-'));
  logs = new LogFiles(folder);
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (log: ContainerLog, text: string): void => log.write('stdout', Buffer.from(text));

const read = async (options: PodLogOptions = {}): Promise<string> => {
  let text = '';
  for await (const chunk of logs.read(
    { namespace: 'shop', pod: 'web-1', container: 'web' },
    options
  )) {
    text += chunk;
  }
  return text;
};

test('gives whole lines, however they were written, and the rest at the end', async () => {
  const log = logs.open(pod, 'web', 0);
  write(log, 'on');
  write(log, 'e\ntwo\n');
  log.write('stderr', Buffer.from('oops\n'));
  write(log, 'rest');

  expect(await read()).toBe('one\ntwo\noops\n');
  log.end();
  expect(await read()).toBe('one\ntwo\noops\nrest');
});

test('characters that arrive in pieces stay whole', async () => {
  const log = logs.open(pod, 'web', 0);
  const bytes = Buffer.from('grüß\n');
  log.write('stdout', bytes.subarray(0, 3));
  log.write('stdout', bytes.subarray(3));

  expect(await read()).toBe('grüß\n');
});

test('tail, bytes and times', async () => {
  const log = logs.open(pod, 'web', 0);
  write(log, 'one\ntwo\nthree\n');

  expect(await read({ tailLines: 2 })).toBe('two\nthree\n');
  expect(await read({ tailLines: 0 })).toBe('');
  expect(await read({ limitBytes: 5 })).toBe('one\nt');
  expect(await read({ sinceSeconds: 60 })).toBe('one\ntwo\nthree\n');
  expect(await read({ sinceTime: '2999-01-01T00:00:00Z' })).toBe('');
  expect(await read({ tailLines: 1, timestamps: true })).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three\n$/
  );
});

test('keeps the run before, and no older one', async () => {
  for (const run of [0, 1, 2]) {
    const log = logs.open(pod, 'web', run);
    write(log, `run ${run}\n`);
    log.end();
  }

  expect(await read()).toBe('run 2\n');
  expect(await read({ previous: true })).toBe('run 1\n');
  expect(readdirSync(join(folder, 'shop_web-1', 'u1', 'web'))).toEqual(['1.log', '2.log']);
});

test('says in the words of the kubelet what is not there', async () => {
  await expect(read()).rejects.toThrow(
    'container "web" in pod "web-1" is waiting to start: ContainerCreating'
  );
  logs.open(pod, 'web', 0);
  await expect(read({ previous: true })).rejects.toThrow(
    'previous terminated container "web" in pod "web-1" not found'
  );
});

test('follows until the run ends', async () => {
  const log = logs.open(pod, 'web', 0);
  write(log, 'before\n');
  const reading = read({ follow: true });
  write(log, 'after\n');
  log.end();

  expect(await reading).toBe('before\nafter\n');
});

test('a reader that stops lets go of the log', async () => {
  const log = logs.open(pod, 'web', 0);
  write(log, 'one\n');
  const lines = logs.read({ namespace: 'shop', pod: 'web-1', container: 'web' }, { follow: true });
  for await (const _ of lines) {
    break;
  }
  await new Promise(setImmediate);

  expect(log.changes.listenerCount('line')).toBe(0);
});

test('a reader that leaves while it waits is let go at once', async () => {
  const log = logs.open(pod, 'web', 0);
  const iterable = logs.read(
    { namespace: 'shop', pod: 'web-1', container: 'web' },
    { follow: true }
  );
  const lines = iterable[Symbol.asyncIterator]();
  const waiting = lines.next();

  await lines.return?.();

  expect(await waiting).toMatchObject({ done: true });
  expect(log.changes.listenerCount('line')).toBe(0);
});

test('a full file becomes the older part; the part before that goes', async () => {
  const log = new ContainerLog(join(folder, 'shop_web-1', 'u1', 'web', '0.log'), 200);
  for (let line = 0; line < 20; line++) {
    write(log, `line ${line}\n`);
  }

  const kept = (await read()).trim().split('\n');

  expect(kept.at(-1)).toBe('line 19');
  expect(kept.length).toBeLessThan(20);
  expect(kept.length).toBeGreaterThan(3);
});
