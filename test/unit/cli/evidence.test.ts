import { expect, test } from '@jest/globals';
import { runCli } from '#test/run-cli.ts';
import { aPromotion } from './records.ts';

test('releases evidence --help', async () => {
  const { stdout } = await runCli('releases evidence --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases evidence [options] <release>

Shows what the rack saw of a release when it failed: processes, logs and events.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  --process <name>   only this process, or those of this service
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases evidence RABCDEFGHIJ --app example-app
"
`);
});

const evidence = {
  promotion: 'PAAAAAAAAAA',
  release: 'RBBBBBBBBBB',
  at: '2026-03-18T14:29:30.500Z',
  reason: 'CrashLoop',
  cause: 'web exited twice',
  processes: [
    {
      process: 'web-x',
      service: 'web',
      status: 'crashed',
      detail: 'exit code 1',
      restarts: 2,
      node: 'node-1',
      logs: 'starting\n',
      previousLogs: 'starting\nno DATABASE_URL\n',
    },
    {
      process: 'api-y',
      service: 'api',
      status: 'Pending',
      detail: '',
      restarts: 0,
      node: '',
      logs: '',
      previousLogs: '',
    },
  ],
  events: ['Warning BackOff web-x'],
  nodes: ['node-1: MemoryPressure: kubelet has insufficient memory'],
  pulls: ['web-x: registry/web took 3.1s'],
  changes: ['environment remove:DATABASE_URL'],
  missing: ['logs of api-y'],
};

const rackWithEvidence = {
  listPromotions: [aPromotion({ status: 'RolledBack' })],
  getEvidence: evidence,
};

test('releases evidence shows the cause, then the processes, then what stood around them', async () => {
  const { stdout, requests } = await runCli('releases evidence RBBBBBBBBBB', {
    rack: rackWithEvidence,
  });

  expect(requests[0]).toMatchObject({ operation: 'listPromotions', release: 'RBBBBBBBBBB' });
  expect(stdout).toMatchInlineSnapshot(`
"Cause      web exited twice
Reason     CrashLoop
Release    RBBBBBBBBBB
Promotion  PAAAAAAAAAA
Time       2026-03-18T14:29:30Z

web web-x on node-1
  crashed, restarts: 2, exit code 1
  Logs:
    starting
  Logs before the last restart:
    starting
    no DATABASE_URL

api api-y
  Pending, restarts: 0

Nodes:
  node-1: MemoryPressure: kubelet has insufficient memory

Image pulls:
  web-x: registry/web took 3.1s

Changes:
  environment remove:DATABASE_URL

Events:
  Warning BackOff web-x

Could not be had:
  logs of api-y
"
`);
});

test('releases evidence shows one process or service alone, and names those there are', async () => {
  const one = await runCli('releases evidence RBBBBBBBBBB --process api --json', {
    rack: rackWithEvidence,
  });
  const none = await runCli('releases evidence RBBBBBBBBBB --process db', {
    rack: rackWithEvidence,
  });

  expect(JSON.parse(one.stdout).processes).toEqual([evidence.processes[1]]);
  expect(none.exitCode).toBe(1);
  expect(none.stderr).toBe('ERROR: no process db in the evidence\n  there are: web-x, api-y\n');
});

test('releases evidence has no colours, on a terminal as well', async () => {
  const { stdout } = await runCli('releases evidence RBBBBBBBBBB', {
    rack: rackWithEvidence,
    terminal: true,
  });

  expect(stdout).not.toContain('\u001B');
});
