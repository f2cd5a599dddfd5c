import { expect, test } from '@jest/globals';
import { inTurn, plain, problem, unreachable } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anEvent, aPromotion } from './records.ts';
import { rollout } from './scripts.ts';

test('releases attach --help', async () => {
  const { stdout } = await runCli('releases attach --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases attach [options] <release>

Shows the latest promotion of a release from its first event on, and follows it.

Arguments:
  release             id of the release

Options:
  -a, --app <name>    app, if not the one of this folder
  --after <sequence>  skip the events up to this one
  -r, --rack <name>   rack to talk to
  --json              print JSON
  -h, --help          display help for command

Example:
  $ rackless releases attach RABCDEFGHIJ --app example-app --after 12
"
`);
});

test('a lost connection is told once, and the story goes on at the next event', async () => {
  const { stdout, stderr, exitCode, requests } = await runCli('releases promote RBBBBBBBBBB', {
    rack: {
      ...rollout,
      listPromotionEvents: inTurn(
        { events: [anEvent(1, 'one')], done: false },
        unreachable,
        plain(502, '<html>Bad Gateway</html>'),
        { events: [anEvent(1, 'one'), anEvent(2, 'two')], done: true }
      ),
    },
  });

  expect(exitCode).toBe(0);
  expect(stderr).toBe('Connection to the rack lost, trying again\n');
  expect(stdout).toContain('14:30:01Z one\n2026-03-18T14:30:02Z two\nOK\n');
  expect(requests.flatMap(({ after }) => after ?? [])).toEqual([0, 1, 1, 1]);
});

test('a connection that stays lost for 5 minutes ends the command, not the promotion', async () => {
  const { stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    rack: { ...rollout, listPromotionEvents: unreachable },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toMatchInlineSnapshot(`
"Connection to the rack lost, trying again
ERROR: the rack could not be reached for 5 minutes
  follow it again with: rackless releases attach RBBBBBBBBBB -a shop
"
`);
});

test('a token that is refused in the middle is not a lost connection', async () => {
  const { stderr } = await runCli('releases promote RBBBBBBBBBB', {
    rack: {
      ...rollout,
      listPromotionEvents: problem(401, { code: 'x', detail: 'invalid authentication' }),
    },
  });

  expect(stderr).toMatchInlineSnapshot(`
"ERROR: invalid authentication
  check the token in RACK_URL, or log in again with \`rackless login HOST --token TOKEN\`
"
`);
});

test('Ctrl-C detaches and says how to go on at the same line', async () => {
  const interrupt = new AbortController();
  const { stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    interrupt,
    rack: {
      ...rollout,
      listPromotionEvents: ({ after }: { after?: unknown }) => {
        if (after !== 0) interrupt.abort();
        return after === 0 ? { events: [anEvent(1, 'one')], done: false } : unreachable;
      },
    },
  });

  expect(exitCode).toBe(130);
  expect(stderr).toMatchInlineSnapshot(`
"Detached: the promotion goes on
  follow it again with: rackless releases attach RBBBBBBBBBB -a shop --after 1
"
`);
});

test('a promote request that is cut off says how to see whether it was taken', async () => {
  const { stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB', {
    rack: { promoteRelease: unreachable },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ERROR: cannot reach the rack at http://rack.test: connect ECONNREFUSED 127.0.0.1:80\n' +
      '  see whether it was started with: rackless releases attach RBBBBBBBBBB -a shop\n'
  );
});

test('releases attach starts behind the event it is given', async () => {
  const { stdout, exitCode, requests } = await runCli(
    'releases attach RBBBBBBBBBB --after 1 -a shop',
    { rack: { ...rollout, listPromotions: [aPromotion()] } }
  );

  expect(exitCode).toBe(0);
  expect(requests[1]).toMatchObject({ operation: 'listPromotionEvents', after: 1, wait: 20 });
  expect(stdout).toBe(
    'Promotion PAAAAAAAAAA of RBBBBBBBBBB: running, started 1 minute ago\n' +
      '2026-03-18T14:30:02Z system/k8s/web Scaled up replica set web-745f845dc to 1\nOK\n'
  );
});

test('releases attach to a release that was never promoted says how to promote it', async () => {
  const { stderr, exitCode } = await runCli('releases attach RBBBBBBBBBB', {
    rack: { listPromotions: [] },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ERROR: release was never promoted: RBBBBBBBBBB\n' +
      '  promote it with `rackless releases promote RBBBBBBBBBB --app shop`\n'
  );
});
