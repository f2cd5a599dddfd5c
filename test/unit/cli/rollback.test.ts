import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anEvent, aPromotion, aRelease } from './records.ts';

test('releases rollback --help', async () => {
  const { stdout } = await runCli('releases rollback --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases rollback [options] <release>

Makes a new release from the build and environment of an old one, and promotes
it.

Arguments:
  release              id of the release

Options:
  -a, --app <name>     app, if not the one of this folder
  --queue              wait for a promotion that is under way, then run
  --force              cancel a promotion that is under way, then run
  --force-conflicts    take over fields that somebody else has changed in the
                       cluster
  --timeout <seconds>  roll back after so long without progress
  --id                 print only the release id on stdout
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless releases rollback RABCDEFGHIJ --app example-app
"
`);
});

const rollback = {
  rollbackRelease: aRelease({ id: 'RCCCCCCCCCC' }),
  promoteRelease: aPromotion({ release: 'RCCCCCCCCCC' }),
  listPromotionEvents: { events: [anEvent(1, 'one')], done: true },
  getPromotion: aPromotion({ release: 'RCCCCCCCCCC', status: 'Promoted' }),
};

test('releases rollback promotes a copy of the old release', async () => {
  const { stdout, requests } = await runCli('releases rollback RBBBBBBBBBB', { rack: rollback });

  expect(stdout).toBe(
    'Rolling back to RBBBBBBBBBB... OK, RCCCCCCCCCC\n' +
      'Promoting RCCCCCCCCCC... \n2026-03-18T14:30:01Z one\nOK\n'
  );
  expect(requests[1]).toMatchObject({ operation: 'promoteRelease', id: 'RCCCCCCCCCC' });
});

test('releases rollback --id leaves only the new release id on stdout', async () => {
  const { stdout, stderr } = await runCli('releases rollback RBBBBBBBBBB --id', { rack: rollback });

  expect(stdout).toBe('RCCCCCCCCCC');
  expect(stderr).toContain('Rolling back to RBBBBBBBBBB... OK, RCCCCCCCCCC\n');
});

test('releases rollback to an unknown release changes nothing', async () => {
  const { screen, exitCode, requests } = await runCli('releases rollback RBBBBBBBBBB', {
    rack: {
      rollbackRelease: problem(404, {
        code: 'NotFound',
        detail: 'release not found: RBBBBBBBBBB',
      }),
    },
  });

  expect(exitCode).toBe(1);
  expect(requests).toHaveLength(1);
  expect(screen).toBe(
    'Rolling back to RBBBBBBBBBB... ERROR: release not found: RBBBBBBBBBB\n' +
      '  list the releases with `rackless releases`\n'
  );
});
