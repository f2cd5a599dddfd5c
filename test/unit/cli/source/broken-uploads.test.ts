import { createCipheriv } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type Fault, httpRack } from '#test/fakes/http-rack.ts';
import { folderWith } from '#test/run-cli.ts';
import { startCli } from '#test/start-cli.ts';

/** Nothing compresses it: five chunks or so. */
const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16))
  .update(Buffer.alloc(20_000_000))
  .toString('latin1');
const files = { 'convox.yml': 'services: {}\n', 'noise.txt': noise };

/** Does something to the first requests, and leaves the others alone. */
const first = (count: number, fault: Fault): Fault => {
  let left = count;
  return (request, response) => {
    left -= 1;
    return left >= 0 && fault(request, response);
  };
};

const afterSomeBytes = (request: IncomingMessage, act: () => void): void => {
  let seen = 0;
  request.on('data', (part: Buffer) => {
    seen += part.length;
    if (seen > 100_000 && seen - part.length <= 100_000) act();
  });
};

const reset: Fault = (request) => {
  request.on('error', () => undefined);
  afterSomeBytes(request, () => request.socket.resetAndDestroy());
  return true;
};

const slowDown: Fault = (request, response) => {
  afterSomeBytes(request, () => {
    response.writeHead(503, { connection: 'close' });
    response.end('<Error><Code>SlowDown</Code></Error>');
  });
  return true;
};

const hangUp: Fault = (request) => {
  request.socket.destroy();
  return true;
};

const start = (cwd: string, rack: { readonly url: string }) =>
  startCli(['build', '-a', 'shop'], { cwd, env: { RACK_URL: rack.url } });

test.each<[string, Fault]>([
  ['reset by a proxy in the middle of a chunk', reset],
  ['slowed down by the store in the middle of a chunk', slowDown],
  ['cut before the first byte', hangUp],
])('an upload that is %s arrives, each chunk once', async (_what, fault) => {
  const rack = await httpRack({ fault: first(3, fault) });

  const { code, stdout, stderr } = await start(folderWith(files), rack).end;

  expect(rack.mistakes).toEqual([]);
  expect([code, stderr]).toEqual([0, '']);
  expect(rack.archive().includes(Buffer.from(noise, 'utf8').subarray(-1000))).toBe(true);
  expect(rack.puts).toHaveLength(rack.chunks.size + 3);
  expect(stdout).toMatch(/^Uploading source\.\.\. OK, [\d.]+ MB \((\d+) of \1 chunks\)$/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a pipe must not see them
  expect(stdout).not.toMatch(/[\u001b\r]|\[=|%/);
});

/** Interrupts an upload once some chunks have arrived and one hangs; then lets the next one through. */
const interrupted = async (signal: 'SIGINT' | 'SIGKILL') => {
  const folder = folderWith(files);
  let hangs = true;
  const rack = await httpRack({
    fault: (request) => {
      const isHeld = hangs && rack.puts.length > 2;
      if (isHeld) request.resume();
      return isHeld;
    },
  });
  const { child, end } = start(folder, rack);
  while (rack.chunks.size < 2 || rack.puts.length < 3) await wait(20);
  child.kill(signal);
  const ended = await end;
  hangs = false;
  const arrived = new Set(rack.chunks.keys());
  rack.puts.length = 0;
  return { rack, arrived, ended, next: await start(folder, rack).end };
};

test('Ctrl-C ends an upload with the next step, and the next command sends only the rest', async () => {
  const { rack, arrived, ended, next } = await interrupted('SIGINT');

  expect([ended.code, ended.stderr]).toEqual([
    130,
    'interrupted\n  run the command again: what has arrived is not sent again\n',
  ]);
  expect([next.code, next.stderr]).toEqual([0, '']);
  expect(rack.puts.filter((it) => arrived.has(it))).toEqual([]);
  expect(rack.puts).toHaveLength(rack.chunks.size - arrived.size);
});

test('a client that was killed leaves nothing in the way of the next one', async () => {
  const { rack, arrived, next } = await interrupted('SIGKILL');

  expect([next.code, next.stderr]).toEqual([0, '']);
  expect(rack.puts.filter((it) => arrived.has(it))).toEqual([]);
  expect(rack.chunks.size).toBeGreaterThan(arrived.size);
});
