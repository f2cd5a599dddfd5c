import { expect, test } from '@jest/globals';
import { runCli } from '#test/run-cli.ts';
import { aPromotion } from './records.ts';
import { rollout } from './scripts.ts';

const behind = { promotion: 'PZZZZZZZZZZ', release: 'RAAAAAAAAAA' };

const queued = aPromotion({ status: 'queued', previous: '', behind });

test('releases promote --queue says what it waits for, and follows it when its turn has come', async () => {
  const { stdout, requests, exitCode } = await runCli(
    'releases promote RBBBBBBBBBB --queue --timeout 60',
    { rack: { ...rollout, promoteRelease: queued } }
  );

  expect(exitCode).toBe(0);
  expect(requests[0]).toMatchObject({ queue: true, timeout: 60 });
  expect(stdout).toMatch(
    /^Promoting RBBBBBBBBBB\.\.\. \nWaiting for promotion PZZZZZZZZZZ of release RAAAAAAAAAA to end\n2026/
  );
  expect(stdout).toMatch(/OK\n$/);
});

test('a promotion that a newer release replaces in the queue ends with exit code 3', async () => {
  const { stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB --queue', {
    rack: {
      promoteRelease: queued,
      listPromotionEvents: { events: [], done: true },
      getPromotion: {
        ...queued,
        status: 'Refused',
        reason: 'Replaced',
        cause: 'replaced by promotion PBBBBBBBBBB of release RCCCCCCCCCC',
      },
    },
  });

  expect(exitCode).toBe(3);
  expect(stderr).toBe(
    'replaced by promotion PBBBBBBBBBB of release RCCCCCCCCCC (Replaced)\n' +
      'Nothing was changed\nERROR: replaced\n'
  );
});

test('a promotion that is cancelled in the queue says so, as JSON lines too', async () => {
  const { stdout, stderr, exitCode } = await runCli('releases promote RBBBBBBBBBB --queue --json', {
    rack: {
      promoteRelease: queued,
      listPromotionEvents: { events: [], done: true },
      getPromotion: { ...queued, status: 'Refused', reason: 'Cancelled', cause: 'cancelled' },
    },
  });

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual({ type: 'promotion', promotion: queued });
  expect(JSON.parse(stderr)).toMatchObject({ code: 'Refused' });
});
