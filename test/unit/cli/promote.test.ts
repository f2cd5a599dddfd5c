import { expect, test } from '@jest/globals';
import { inTurn, problem, type Script } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anEvent, aPromotion, aRelease } from './records.ts';
import { rollout } from './scripts.ts';

const rolledBack: Script = {
  ...rollout,
  getPromotion: aPromotion({
    status: 'RolledBack',
    reason: 'CrashLoop',
    cause: 'web: process web-745f845dc-rzl2q exited with code 1 twice',
  }),
};

test('releases promote --help', async () => {
  const { stdout } = await runCli('releases promote --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases promote [options] [release]

Rolls a release out (the latest one, if none is given) and follows it to its
end. If it does not become healthy, the rack puts the last active release back.
Ctrl-C leaves the rollout running. While another promotion runs, --queue waits
for its turn; a newer release takes the place of one that waits, whose command
then ends with exit code 3.

Arguments:
  release              id of the release

Options:
  -a, --app <name>     app, if not the one of this folder
  --queue              wait for a promotion that is under way, then run
  --force              cancel a promotion that is under way, then run
  --force-conflicts    take over fields that somebody else has changed in the
                       cluster
  --timeout <seconds>  roll back after so long without progress
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless releases promote RABCDEFGHIJ --app example-app --queue
"
`);
});

test('releases promote follows the events and ends with OK', async () => {
  const { requests, stdout, stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    rack: rollout,
  });

  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatchInlineSnapshot(`
"Promoting RBBBBBBBBBB... 
2026-03-18T14:30:01Z system/k8s/atom/app Status: Running => Pending
2026-03-18T14:30:02Z system/k8s/web Scaled up replica set web-745f845dc to 1
OK
"
`);
  expect(requests).toMatchInlineSnapshot(`
[
  {
    "app": "shop",
    "id": "RBBBBBBBBBB",
    "operation": "promoteRelease",
  },
  {
    "after": 0,
    "app": "shop",
    "id": "PAAAAAAAAAA",
    "operation": "listPromotionEvents",
    "wait": 20,
  },
  {
    "after": 1,
    "app": "shop",
    "id": "PAAAAAAAAAA",
    "operation": "listPromotionEvents",
    "wait": 20,
  },
  {
    "app": "shop",
    "id": "PAAAAAAAAAA",
    "operation": "getPromotion",
  },
]
`);
});

test('how it ended comes with the last events: nobody asks for it again', async () => {
  const ended = { events: [anEvent(1, 'one')], done: true };
  const { requests, exitCode, stdout } = await runCli('releases promote RBBBBBBBBBB', {
    rack: {
      promoteRelease: aPromotion(),
      listPromotionEvents: { ...ended, promotion: aPromotion({ status: 'Promoted' }) },
    },
  });

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/one\nOK\n$/);
  expect(requests.map((it) => it['operation'])).toEqual(['promoteRelease', 'listPromotionEvents']);
});

test('releases promote without a release takes the latest one', async () => {
  const { requests } = await runCli('releases promote -a other --force', {
    rack: { ...rollout, listReleases: [aRelease({ id: 'RCCCCCCCCCC' })] },
  });

  expect(requests.slice(0, 2)).toEqual([
    { operation: 'listReleases', app: 'other', limit: 1 },
    { operation: 'promoteRelease', app: 'other', id: 'RCCCCCCCCCC', force: true },
  ]);
});

test('releases promote asks to take over what somebody else has changed', async () => {
  const { requests } = await runCli('releases promote RBBBBBBBBBB --force-conflicts', {
    rack: rollout,
  });

  expect(requests[0]).toEqual({
    operation: 'promoteRelease',
    app: 'shop',
    id: 'RBBBBBBBBBB',
    'force-conflicts': true,
  });
});

test('--timeout takes whole seconds', async () => {
  const { exitCode, requests } = await runCli('releases promote RBBBBBBBBBB --timeout soon', {
    rack: rollout,
  });

  expect([exitCode, requests]).toEqual([2, []]);
});

test('options before the subcommand count as well', async () => {
  const { requests } = await runCli('releases -a other promote RBBBBBBBBBB', { rack: rollout });

  expect(requests[0]).toMatchObject({ operation: 'promoteRelease', app: 'other' });
});

test('releases promote without any release says so', async () => {
  const { screen, exitCode } = await runCli('releases promote', { rack: { listReleases: [] } });

  expect(exitCode).toBe(1);
  expect(screen).toBe(
    'ERROR: no releases to promote\n  make one with `rackless build --app shop`\n'
  );
});

test('releases promote with two releases is a usage error', async () => {
  const { screen, exitCode, requests } = await runCli('releases promote RA RB');

  expect(exitCode).toBe(2);
  expect(requests).toEqual([]);
  expect(screen).toBe(
    'ERROR: no more than 1 arg expected\n  usage: rackless releases promote [options] [release]\n'
  );
});

test('releases promote while the app is updating prints what the rack says', async () => {
  const { screen, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    rack: {
      promoteRelease: problem(403, {
        code: 'AppUpdating',
        detail: 'app is currently updating',
        hint: 'RAAAAAAAAAA is being promoted',
      }),
    },
  });

  expect(exitCode).toBe(1);
  expect(screen).toBe(
    'Promoting RBBBBBBBBBB... \nERROR: app is currently updating\n  RAAAAAAAAAA is being promoted\n' +
      '  add --queue to run after it, or --force to cancel it and run then; `rackless apps cancel` stops it\n'
  );
});

test('a release that fails ends with its cause and exit code 1', async () => {
  const { stdout, stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    rack: rolledBack,
  });

  expect(exitCode).toBe(1);
  expect(stdout).not.toContain('OK');
  expect(stderr).toMatchInlineSnapshot(`
"web: process web-745f845dc-rzl2q exited with code 1 twice (CrashLoop)
Rolled back: RAAAAAAAAAA is active again
Evidence: rackless releases evidence RBBBBBBBBBB -a shop
ERROR: rollback
"
`);
});

test.each([
  ['Reverted', '', 'Reverted: no release is active, and what this one made is gone', 'rollback'],
  ['Refused', 'RAAAAAAAAAA', 'Nothing was changed: RAAAAAAAAAA is still active', 'refused'],
  ['Degraded', 'RAAAAAAAAAA', 'RAAAAAAAAAA is back, but its processes are not healthy', 'degraded'],
] as const)('%s has an outcome of its own', async (...row) => {
  const [status, previous, outcome, last] = row;
  const { stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    rack: { ...rollout, getPromotion: aPromotion({ status, previous, cause: 'because' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr.split('\n').slice(0, 2)).toEqual(['because', outcome]);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(`ERROR: ${last}`);
});

test('--json gives one object per line, and the error as JSON on stderr', async () => {
  const { stdout, stderr } = await runCli('releases promote RBBBBBBBBBB --json', {
    rack: rolledBack,
  });

  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual(['promotion', 'event', 'event', 'result']);
  expect(lines[1]).toMatchObject({ sequence: 1, kind: 'kubernetes' });
  expect(lines[3].promotion).toMatchObject({ status: 'RolledBack', reason: 'CrashLoop' });
  expect(JSON.parse(stderr)).toEqual({
    code: 'RolledBack',
    detail: expect.stringContaining('exited with code 1 twice (CrashLoop)'),
    hint: 'rackless releases evidence RBBBBBBBBBB -a shop',
  });
});

/** Four lines up, and clear to the end of the screen. */
const erase = '\u001b[4F\u001b[0J';

test('on a terminal the services are shown below the events, and gone at the end', async () => {
  const { stdout } = await runCli('releases promote RBBBBBBBBBB', {
    terminal: true,
    rack: {
      ...rollout,
      listPromotionEvents: inTurn(
        { events: [], done: false },
        { events: [anEvent(1, 'one')], done: false },
        { events: [], done: false },
        { events: [anEvent(2, 'two')], done: true }
      ),
      getPromotion: () =>
        aPromotion({
          status: 'Promoted',
          services: [
            { service: 'web', desired: 2, updated: 1, ready: 0, old: 2, waiting: 'web-x starts' },
          ],
        }),
    },
  });

  expect(stdout).toContain('  SERVICE  READY  NEW  OLD  WAITING FOR\n');
  expect(stdout).toContain('  web      0/2    1    2    web-x starts\n');
  expect(stdout).toContain(`${erase}2026-03-18T14:30:02Z two\n\n  Rolling out\n`);
  expect(stdout.endsWith(`${erase}OK\n`)).toBe(true);
});
