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
  pin                  keep a release for ever
  unpin                let a release expire again
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
  --process <name>   only this process, or those of this service
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

test('releases evidence of one process or service', async () => {
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

test('releases pin --help', async () => {
  const { stdout } = await runCli('releases pin --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases pin [options] <release>

Keeps a release with its images and environment, however old it gets. Without a
pin a release expires when it is neither one of the newest nor one of those that
were active last.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases pin RABCDEFGHIJ --app example-app
"
`);
});

test('releases unpin --help', async () => {
  const { stdout } = await runCli('releases unpin --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases unpin [options] <release>

Takes the pin away: the release expires when its time has come.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases unpin RABCDEFGHIJ --app example-app
"
`);
});

test('releases pin and unpin say what they do', async () => {
  const kept = aRelease({ pinned: true });
  const rack = {
    pinRelease: kept,
    unpinRelease: aRelease(),
  };

  const pinned = await runCli('releases pin RBBBBBBBBBB --app shop', { rack });
  const unpinned = await runCli('releases unpin RBBBBBBBBBB --app shop', { rack });
  const json = await runCli('releases pin RBBBBBBBBBB --app shop --json', { rack });

  expect([pinned.exitCode, pinned.screen]).toEqual([0, 'Pinning RBBBBBBBBBB... OK\n']);
  expect([unpinned.exitCode, unpinned.screen]).toEqual([0, 'Unpinning RBBBBBBBBBB... OK\n']);
  expect(JSON.parse(json.stdout)).toEqual(kept);
});

test('releases pin of one that is gone says so', async () => {
  const rack = {
    pinRelease: problem(409, { code: 'Expired', detail: 'release has expired: RBBBBBBBBBB' }),
  };

  const { exitCode, stderr } = await runCli('releases pin RBBBBBBBBBB --app shop', { rack });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: release has expired: RBBBBBBBBBB');
});

test('releases shows which are pinned and which have expired', async () => {
  const rack = {
    getApp: anApp({ release: 'RDDDDDDDDDD' }),
    listReleases: [
      aRelease({ id: 'RDDDDDDDDDD', pinned: true }),
      aRelease({ id: 'RCCCCCCCCCC', expired: '2026-03-17T14:30:00Z' }),
    ],
  };

  const { stdout } = await runCli('releases --app shop', { rack });

  expect(stdout).toMatch(/RDDDDDDDDDD\s+active, pinned\s/);
  expect(stdout).toMatch(/RCCCCCCCCCC\s+expired\s/);
});

test('releases info and manifest of an expired one', async () => {
  const expired = '2026-03-17T14:30:00Z';
  const gone = aRelease({ id: 'RCCCCCCCCCC', expired, manifest: '' });
  const rack = { getRelease: gone };

  const info = await runCli('releases info RCCCCCCCCCC --app shop', { rack });
  const manifest = await runCli('releases manifest RCCCCCCCCCC --app shop', { rack });

  expect(info.stdout).toContain('2026-03-17T14:30:00Z');
  expect(manifest.exitCode).toBe(1);
  expect(manifest.stderr).toContain('ERROR: release has expired: RCCCCCCCCCC');
});
