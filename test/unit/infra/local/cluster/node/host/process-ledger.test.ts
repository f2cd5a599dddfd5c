import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ProcessLedger } from '#infra/local/cluster/node/host/process-ledger.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackless-ledger-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const sleeper = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });

test('the next agent ends what the last one left', async () => {
  const child = sleeper();
  new ProcessLedger(folder).add(child.pid ?? 0, 'web of shop');
  const exited = once(child, 'exit');

  expect(new ProcessLedger(folder).killOrphans()).toEqual(['web of shop']);
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(readdirSync(folder)).toEqual([]);
});

test('a process that only has the same number is left alone', async () => {
  const child = sleeper();
  const pid = child.pid ?? 0;
  const ledger = new ProcessLedger(folder);
  ledger.add(pid, 'web of shop');
  const [name = ''] = readdirSync(folder);
  const entry = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  writeFileSync(join(folder, name), JSON.stringify({ ...entry, startTime: '1' }));

  expect(ledger.killOrphans()).toEqual([]);
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('children of a leader that is gone are ended too', async () => {
  const leader = spawn('sh', ['-c', 'sleep 60 & echo $!'], { detached: true });
  new ProcessLedger(folder).add(leader.pid ?? 0, 'web of shop');
  const [output] = (await once(leader.stdout, 'data')) as [Buffer];
  await once(leader, 'exit');

  expect(new ProcessLedger(folder).killOrphans()).toEqual(['web of shop']);
  expect(Number(output)).toBeGreaterThan(0);
});

test('an entry that a crash cut off is dropped', () => {
  writeFileSync(join(folder, '1.json'), '{"group"');

  expect(new ProcessLedger(folder).killOrphans()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
