import { expect, test } from '@jest/globals';
import { inTurn, problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anApp, aPromotion, aSystem } from './records.ts';

const notFound = problem(404, { code: 'NotFound', detail: 'app not found: shop' });

test('apps --help', async () => {
  const { stdout } = await runCli('apps --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless apps [options] [command]

Lists the apps of the rack.

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Commands:
  create             create an app
  info               show an app
  delete             delete an app
  cancel             cancel a promotion
  adopt              bring an app back that the rack has lost

Example:
  $ rackless apps
"
`);
});

test('apps create --help', async () => {
  const { stdout } = await runCli('apps create --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless apps create [options] [name]

Creates an app and waits until the rack has it running.

Arguments:
  name               name of the app

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless apps create example-app
"
`);
});

test('apps info --help', async () => {
  const { stdout } = await runCli('apps info --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless apps info [options] [name]

Shows the state of an app and which release is active.

Arguments:
  name               name of the app

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless apps info example-app
"
`);
});

test('apps delete --help', async () => {
  const { stdout } = await runCli('apps delete --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless apps delete [options] <name>

Deletes an app with its releases and everything it has in the cluster.

Arguments:
  name               name of the app

Options:
  --forget           forget the app and leave the cluster as it is
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless apps delete example-app
"
`);
});

test('apps cancel --help', async () => {
  const { stdout } = await runCli('apps cancel --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless apps cancel [options] [name]

Stops the promotion under way, and one that waits for it, and waits until the
last active release is back. A release that has just become active stays.

Arguments:
  name               name of the app

Options:
  -a, --app <name>   app, if not the one of this folder
  --abandon          free the app although the cluster is out of reach
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless apps cancel example-app
"
`);
});

test('apps lists names, status and active release', async () => {
  const { stdout, exitCode } = await runCli('apps', {
    rack: { listApps: [anApp(), anApp({ name: 'a-long-name', status: 'updating', release: '' })] },
  });

  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    'APP          STATUS    RELEASE\n' +
      'shop         running   RAAAAAAAAAA\n' +
      'a-long-name  updating  \n'
  );
});

test('apps --json gives the records as one document', async () => {
  const { stdout } = await runCli('apps --json', { rack: { listApps: [anApp()] } });

  expect(JSON.parse(stdout)).toEqual([anApp()]);
});

test('apps create waits until the app is running', async () => {
  const { stdout, requests } = await runCli('apps create store -g 3 --wait', {
    rack: {
      createApp: anApp({ name: 'store', status: 'updating' }),
      getApp: inTurn(anApp({ status: 'updating' }), anApp({ name: 'store' })),
    },
  });

  expect(stdout).toBe('Creating store... OK\n');
  expect(requests).toEqual([
    { operation: 'createApp', name: 'store' },
    { operation: 'getApp', name: 'store' },
    { operation: 'getApp', name: 'store' },
  ]);
});

test.each([
  [{ '.rackless/app': 'one\n', '.convox/app': 'two\n' }, 'one'],
  [{ '.convox/app': 'two\n' }, 'two'],
  [{}, 'shop'],
])('the app of a folder with %j is %s', async (files, name) => {
  const { stdout } = await runCli('apps create', { files, rack: { createApp: anApp() } });

  expect(stdout).toBe(`Creating ${name}... OK\n`);
});

test('apps create of a taken name prints what the rack says, behind the open line', async () => {
  const { screen, exitCode } = await runCli('apps create shop', {
    rack: {
      createApp: problem(409, { code: 'AppExists', detail: 'app already exists: shop', hint: 'x' }),
    },
  });

  expect(exitCode).toBe(1);
  expect(screen).toBe('Creating shop... ERROR: app already exists: shop\n  x\n');
});

test('apps create that never gets running is a timeout', async () => {
  const { stderr, exitCode } = await runCli('apps create shop', {
    rack: { createApp: anApp({ status: 'updating' }), getApp: anApp({ status: 'updating' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe('ERROR: timeout: waited 300 s for shop to be running\n');
});

test('apps info shows the router only when there is one', async () => {
  const plain = await runCli('apps info', { rack: { getApp: anApp() } });
  const routed = await runCli('apps info', { rack: { getApp: anApp({ router: 'example.org' }) } });

  expect(plain.stdout).toBe(
    'Name        shop\nStatus      running\nGeneration  3\nLocked      false\nRelease     RAAAAAAAAAA\n'
  );
  expect(routed.stdout).toContain('Router      example.org\n');
});

test('apps info of an unknown app says how to go on', async () => {
  const { stderr, exitCode } = await runCli('apps info', { rack: { getApp: notFound } });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ERROR: app not found: shop\n' +
      '  list the apps with `rackless apps`, or make it with `rackless apps create NAME`\n'
  );
});

test('apps delete waits until the app is gone', async () => {
  const { stdout, requests } = await runCli('apps delete shop', {
    rack: { deleteApp: 'ok', getApp: inTurn(anApp({ status: 'deleting' }), notFound) },
  });

  expect(stdout).toBe('Deleting shop... OK\n');
  expect(requests[0]).toEqual({ operation: 'deleteApp', name: 'shop', forget: false });
});

test('apps delete --forget names the namespace that is left in the cluster', async () => {
  const rack = { getSystem: aSystem(), deleteApp: 'ok', getApp: notFound };
  const { screen, requests } = await runCli('apps delete shop --forget', { rack });
  const json = await runCli('apps delete shop --forget --json', { rack });

  expect(screen).toContain('kubectl delete namespace local-shop');
  expect(requests).toContainEqual({ operation: 'deleteApp', name: 'shop', forget: true });
  expect(JSON.parse(json.stdout)).toEqual({
    name: 'shop',
    status: 'deleted',
    namespace: 'local-shop',
  });
});

test('apps delete without a name is a usage error', async () => {
  const { screen, exitCode, requests } = await runCli('apps delete');

  expect(exitCode).toBe(2);
  expect(requests).toEqual([]);
  expect(screen).toBe('ERROR: 1 arg required\n  usage: rackless apps delete [options] <name>\n');
});

test('apps cancel ends when the last active release is back', async () => {
  const { stdout } = await runCli('apps cancel', {
    rack: { cancelApp: 'ok', getApp: inTurn(anApp({ status: 'rollback' }), anApp()) },
  });

  expect(stdout).toBe('Cancelling deployment of shop...\nRewriting last active release...\nOK\n');
});

test('apps cancel with the cluster out of reach names the way out', async () => {
  const { stderr, exitCode } = await runCli('apps cancel', {
    rack: { cancelApp: 'ok', getApp: anApp({ status: 'waiting' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('`rackless apps cancel shop --abandon` frees the app now\n');
});

test('apps cancel --abandon waits until the app is free, however far away its cluster is', async () => {
  const { stdout, exitCode } = await runCli('apps cancel --abandon', {
    rack: {
      cancelApp: 'ok',
      getApp: inTurn(
        anApp({ status: 'waiting', promotion: 'PAAAAAAAAAA' }),
        anApp({ status: 'waiting', promotion: 'PAAAAAAAAAA' }),
        anApp()
      ),
      getPromotion: inTurn(aPromotion({ status: 'waiting' }), aPromotion({ status: 'Degraded' })),
    },
  });

  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    'Cancelling deployment of shop...\nFreeing shop without its cluster, within a minute...\nOK\n'
  );
});

test('apps cancel says what it stops: the one that waits, and one that rolls back already', async () => {
  const { stdout } = await runCli('apps cancel', {
    rack: {
      cancelApp: 'ok',
      getApp: inTurn(
        anApp({ status: 'updating', promotion: 'PAAAAAAAAAA', queued: 'PBBBBBBBBBB' }),
        anApp()
      ),
      getPromotion: inTurn(
        aPromotion({ status: 'rolling-back' }),
        aPromotion({ status: 'RolledBack' })
      ),
    },
  });

  expect(stdout).toBe(
    'Cancelling deployment of shop...\n' +
      'Promotion PBBBBBBBBBB waited its turn: it does not run\n' +
      'Promotion PAAAAAAAAAA of RBBBBBBBBBB is rolling back already...\nOK\n'
  );
});

test('apps cancel that comes too late says so and names the way back', async () => {
  const { stderr, exitCode } = await runCli('apps cancel', {
    rack: {
      getApp: anApp(),
      cancelApp: problem(409, {
        code: 'TooLateToCancel',
        detail: 'too late to cancel: release RBBBBBBBBBB is active already',
      }),
    },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ERROR: too late to cancel: release RBBBBBBBBBB is active already\n' +
      '  go back with `rackless releases rollback RELEASE`\n'
  );
});

test('apps cancel tells that only the one behind an active release was stopped', async () => {
  const { stdout } = await runCli('apps cancel', {
    rack: {
      cancelApp: 'ok',
      getApp: inTurn(
        anApp({ status: 'updating', promotion: 'PAAAAAAAAAA', queued: 'PBBBBBBBBBB' }),
        anApp()
      ),
      getPromotion: inTurn(aPromotion(), aPromotion({ status: 'Promoted' })),
    },
  });

  expect(stdout).toContain('Too late for RBBBBBBBBBB: it is active already\nOK\n');
});

test('apps info shows what runs and what waits', async () => {
  const { stdout } = await runCli('apps info', {
    rack: {
      getApp: anApp({ status: 'updating', promotion: 'PAAAAAAAAAA', queued: 'PBBBBBBBBBB' }),
      getPromotion: inTurn(
        aPromotion(),
        aPromotion({ id: 'PBBBBBBBBBB', release: 'RCCCCCCCCCC', status: 'queued' })
      ),
    },
  });

  expect(stdout).toContain('Promotion   PAAAAAAAAAA of RBBBBBBBBBB, running\n');
  expect(stdout).toContain('Queued      PBBBBBBBBBB of RCCCCCCCCCC\n');
});

test('apps info says what a promotion waits for', async () => {
  const waiting = 'at https://c:6443 does not answer: ETIMEDOUT: waiting for it';
  const { stdout } = await runCli('apps info', {
    rack: {
      getApp: anApp({ status: 'waiting', promotion: 'PAAAAAAAAAA' }),
      getPromotion: aPromotion({ status: 'waiting', waiting }),
    },
  });

  expect(stdout).toContain(
    `Promotion   PAAAAAAAAAA of RBBBBBBBBBB, waiting: the cluster ${waiting}\n`
  );
});

test('apps cancel of an app that is not updating', async () => {
  const { stderr } = await runCli('apps cancel', {
    rack: {
      getApp: anApp(),
      cancelApp: problem(403, { code: 'AppNotUpdating', detail: 'app is not updating' }),
    },
  });

  expect(stderr).toBe('ERROR: app is not updating\n');
});

test('an unknown command below a noun names those that there are', async () => {
  const { screen, exitCode } = await runCli('apps destroy');

  expect(exitCode).toBe(2);
  expect(screen).toBe(
    'ERROR: unknown command: rackless apps destroy\n  rackless apps has: create, info, delete, cancel, adopt\n'
  );
});
