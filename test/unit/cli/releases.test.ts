import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anApp, anEvent, aPromotion, aRelease } from './records.ts';

test('releases --help', async () => {
  const { stdout } = await runCli('releases --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases [options] [command]

Lists the releases of an app, the newest first.

Options:
  -a, --app <name>     app, if not the one of this folder
  -l, --limit <count>  how many to list
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Commands:
  info                 show a release
  manifest             print the manifest of a release
  promote              make a release active
  rollback             go back to an old release
  attach               follow the promotion of a release
  evidence             show why a release failed

Example:
  $ rackless releases --app example-app
"
`);
});

test('releases info --help', async () => {
  const { stdout } = await runCli('releases info --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases info [options] <release>

Shows a release with its environment.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases info RABCDEFGHIJ --app example-app
"
`);
});

test('releases manifest --help', async () => {
  const { stdout } = await runCli('releases manifest --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases manifest [options] <release>

Prints the convox.yml that a release was built from.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases manifest RABCDEFGHIJ --app example-app
"
`);
});

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

test('releases evidence --help', async () => {
  const { stdout } = await runCli('releases evidence --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases evidence [options] <release>

Shows what the rack saw of a release when it failed: processes, logs and events.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases evidence RABCDEFGHIJ --app example-app
"
`);
});

test('releases marks the active one', async () => {
  const { stdout, requests } = await runCli('releases -l 2', {
    rack: {
      getApp: anApp(),
      listReleases: [aRelease(), aRelease({ id: 'RAAAAAAAAAA', description: 'env add:A' })],
    },
  });

  expect(stdout).toBe(
    'ID           STATUS  BUILD        CREATED     DESCRIPTION\n' +
      'RBBBBBBBBBB          BBBBBBBBBBB  2 days ago  build 0123456789 Sell more\n' +
      'RAAAAAAAAAA  active  BBBBBBBBBBB  2 days ago  env add:A\n'
  );
  expect(requests).toContainEqual({ operation: 'listReleases', app: 'shop', limit: 2 });
});

test('releases with a limit that is no number is a usage error', async () => {
  const { stderr, exitCode } = await runCli('releases --limit many');

  expect(exitCode).toBe(2);
  expect(stderr).toBe('ERROR: --limit is not a whole number: many\n');
});

test('releases of an unknown app', async () => {
  const missing = problem(404, { code: 'NotFound', detail: 'app not found: shop' });
  const { stderr, exitCode } = await runCli('releases', {
    rack: { getApp: missing, listReleases: missing },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: app not found: shop\n');
});

test('releases info shows the environment below each other', async () => {
  const { stdout } = await runCli('releases info RBBBBBBBBBB', {
    rack: { getRelease: aRelease({ env: 'A=1\nB=2' }) },
  });

  expect(stdout).toBe(
    'Id           RBBBBBBBBBB\n' +
      'Build        BBBBBBBBBBB\n' +
      'Created      2026-03-16T14:30:00Z\n' +
      'Description  build 0123456789 Sell more\n' +
      'Env          A=1\n' +
      '             B=2\n'
  );
});

test('releases manifest prints the manifest', async () => {
  const { stdout } = await runCli('releases manifest RBBBBBBBBBB', {
    rack: { getRelease: aRelease() },
  });

  expect(stdout).toBe('services:\n  web:\n    build: .\n');
});

test('releases manifest of a release without a build', async () => {
  const { stderr, exitCode } = await runCli('releases manifest RBBBBBBBBBB', {
    rack: { getRelease: aRelease({ build: '' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe('ERROR: no build for release: RBBBBBBBBBB\n');
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

test('releases evidence shows processes, logs and events', async () => {
  const { stdout, requests } = await runCli('releases evidence RBBBBBBBBBB', {
    rack: {
      listPromotions: [aPromotion({ status: 'RolledBack' })],
      getEvidence: {
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
            logs: 'starting\n',
            previousLogs: 'starting\nno DATABASE_URL\n',
          },
        ],
        events: ['Warning BackOff web-x'],
      },
    },
  });

  expect(requests[0]).toMatchObject({ operation: 'listPromotions', release: 'RBBBBBBBBBB' });
  expect(stdout).toMatchInlineSnapshot(`
"Release    RBBBBBBBBBB
Promotion  PAAAAAAAAAA
Time       2026-03-18T14:29:30Z
Reason     CrashLoop
Cause      web exited twice

web web-x
  crashed, restarts: 2, exit code 1
  Logs:
    starting
  Logs before the last restart:
    starting
    no DATABASE_URL

Events:
  Warning BackOff web-x
"
`);
});
