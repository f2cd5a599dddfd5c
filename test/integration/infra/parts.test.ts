import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ensurePart } from '#infra/local/plane/ensure-part.ts';
import { createHome, type Home, homeAt } from '#infra/local/plane/home.ts';
import { readPart } from '#infra/local/plane/part.ts';
import { choosePort } from '#infra/local/plane/ports.ts';
import { identify, isAlive, killQuietly } from '#infra/local/plane/process-identity.ts';
import { firstSettings } from '#infra/local/plane/settings.ts';
import type { PartPlan } from '#infra/local/plane/start-part.ts';
import { stopPart } from '#infra/local/plane/stop-part.ts';
import type { UpRun } from '#infra/local/plane/up-run.ts';
import { waitUntil } from '#infra/local/plane/wait-until.ts';

let place: Home;
let said: string[];

beforeEach(() => {
  place = homeAt(mkdtempSync(join(tmpdir(), 'rackless parts-')));
  createHome(place);
  said = [];
});

afterEach(async () => {
  await stopPart(place, 'front');
});

const run = (): UpRun => ({
  place,
  settings: firstSettings(),
  variables: {},
  progress: (line) => said.push(line),
});

const sleeps = 'console.log("ready"); setInterval(() => {}, 1000);';

const plan = (script: string, change: Partial<PartPlan> = {}): PartPlan => ({
  name: 'front',
  command: process.execPath,
  args: ['-e', script],
  environment: {},
  port: 4000,
  settings: {},
  isReady: ({ log }) => readLog(log).includes('ready'),
  readyWithin: 10_000,
  ...change,
});

const readLog = (file: string): string => readFileSync(file, 'utf8');

describe('a part that is up', () => {
  test('is left alone by the next up', async () => {
    const first = await ensurePart(run(), plan(sleeps));
    const second = await ensurePart(run(), plan(sleeps));

    expect([first.started, second.started]).toEqual([true, false]);
    expect(second.record.pid).toBe(first.record.pid);
    expect(said).toEqual([]);
  });

  test('is restarted for other settings', async () => {
    const first = await ensurePart(run(), plan(sleeps, { settings: { port: '1' } }));

    const second = await ensurePart(run(), plan(sleeps, { settings: { port: '2' } }));

    expect(second.record.pid).not.toBe(first.record.pid);
    expect(said).toEqual(['restarting the front: its settings have changed']);
  });

  test('is gone after a stop, with what it started', async () => {
    const child = 'const { pid } = require("node:child_process").spawn("sleep", ["60"]);';
    const { record } = await ensurePart(
      run(),
      plan(`${child} console.log("child", pid, "ready"); setInterval(() => {}, 1000);`)
    );
    const childPid = Number(/child (\d+)/.exec(readLog(record.log))?.[1]);

    expect(await stopPart(place, 'front')).toBe('stopped');

    expect(readPart(place, 'front').state).toBe('stopped');
    expect(await waitUntil(() => isGone(childPid), 5_000)).toBe(true);
  });
});

const isGone = (pid: number): boolean => !isAlive(identify(pid));

describe('a part that went down', () => {
  test('shows as crashed, and up tells the end of its log before it starts it again', async () => {
    const { record } = await ensurePart(
      run(),
      plan('console.log("ready"); console.log("the disk is full"); setInterval(() => {}, 1000);')
    );
    killQuietly(record.pid, 'SIGKILL');
    await waitUntil(() => readPart(place, 'front').state !== 'running', 5_000);
    expect(readPart(place, 'front').state).toBe('crashed');

    const { started } = await ensurePart(run(), plan(sleeps));

    expect(started).toBe(true);
    expect(said.join('\n')).toMatch(/the front had crashed[\s\S]*the disk is full/);
    expect(readLog(`${record.log}.1`)).toContain('the disk is full');
  });

  test('before it was ready is an error with the end of its log', async () => {
    const failing = ensurePart(run(), plan('console.error("no such table"); process.exit(3);'));

    await expect(failing).rejects.toMatchObject({
      message: expect.stringMatching(/^the front ended before it was ready\n {2}no such table/),
      hint: expect.stringContaining(join('logs', 'front.log')),
    });
  });

  test('is an error when it does not get ready in time', async () => {
    const slow = plan('setInterval(() => {}, 1000);', { readyWithin: 200 });

    await expect(ensurePart(run(), slow)).rejects.toThrow('did not get ready within 0.2 s');
  });
});

describe('the port of a part', () => {
  test('is an error when it is taken, with who may have it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;

    const asked = choosePort({ what: 'front door', asked: port, remembered: undefined });

    await expect(asked).rejects.toThrow(
      new RegExp(`^port ${port} of the front door is taken by (process \\d+|another program)`)
    );
    server.close();
  });

  test('is a free one when nobody asks', async () => {
    const port = await choosePort({ what: 'front', asked: undefined, remembered: undefined });

    expect(port).toBeGreaterThan(1024);
  });
});
