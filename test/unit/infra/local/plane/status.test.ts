import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { createHome, type Home, homeAt } from '#infra/local/plane/home.ts';
import { logOf, type PartName, partNames, writePart } from '#infra/local/plane/part.ts';
import { identify } from '#infra/local/plane/process-identity.ts';
import { firstSettings, writeSettings } from '#infra/local/plane/settings.ts';
import { reportLines, status } from '#infra/local/plane/status.ts';

let home: Home;
beforeEach(() => {
  home = homeAt(mkdtempSync(join(tmpdir(), 'rackless-status-')));
  createHome(home);
});

const record = (name: PartName, startTime?: string): void =>
  writePart(home, {
    ...identify(process.pid),
    ...(startTime !== undefined && { startTime }),
    name,
    port: 4000,
    log: logOf(home, name),
    settings: {},
    startedAt: '2026-03-18T14:30:49.000Z',
  });

test('a plane that was never started is stopped', () => {
  const report = status(home.root);

  expect(report.running).toBe(false);
  expect(report.parts.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
});

test('a plane runs when all its parts do', () => {
  for (const name of partNames) record(name);

  expect(status(home.root).running).toBe(true);
});

test('the embedded cluster is no part of a plane that drives another one', () => {
  writeSettings(home, { ...firstSettings(), kubeconfig: '/tmp/kubeconfig' });
  record('front');
  record('emulator');

  expect(status(home.root).running).toBe(true);
});

test('a crash is told with the end of its log', () => {
  for (const name of partNames) record(name);
  record('emulator', '1');
  writeFileSync(logOf(home, 'emulator'), 'early\nout of memory\n\n');

  const report = status(home.root);

  expect(report.running).toBe(false);
  expect(reportLines(report)).toEqual([
    `front     running  pid ${process.pid}  port 4000`,
    `emulator  crashed  log ${logOf(home, 'emulator')}`,
    '    early',
    '    out of memory',
    `cluster   running  pid ${process.pid}  port 4000`,
  ]);
});
