import { expect, test } from '@jest/globals';
import { inTurn, problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { aProcess, aService } from './records.ts';

const worker = aService({ name: 'worker', domain: '', ports: [], count: 1, running: 1 });

test('ps --help', async () => {
  const { stdout } = await runCli('ps --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless ps [options] [command]

Lists the processes of an app.

Options:
  -a, --app <name>      app, if not the one of this folder
  --release <release>   only processes of this release
  -s, --service <name>  only this service
  -r, --rack <name>     rack to talk to
  --json                print JSON
  -h, --help            display help for command

Commands:
  info                  show a process
  stop                  stop a process

Example:
  $ rackless ps --app example-app --service web
"
`);
});

test('ps info --help', async () => {
  const { stdout } = await runCli('ps info --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless ps info [options] <process>

Shows one process of an app.

Arguments:
  process            id of the process

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless ps info web-745f845dc-rzl2q --app example-app
"
`);
});

test('ps stop --help', async () => {
  const { stdout } = await runCli('ps stop --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless ps stop [options] <process>

Stops one process of an app. The service starts another one in its place.

Arguments:
  process            id of the process

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless ps stop web-745f845dc-rzl2q --app example-app
"
`);
});

test('services --help', async () => {
  const { stdout } = await runCli('services --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless services [options] [command]

Lists the services of an app and where they answer.

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Commands:
  restart            restart a service

Example:
  $ rackless services --app example-app
"
`);
});

test('services restart --help', async () => {
  const { stdout } = await runCli('services restart --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless services restart [options] <service>

Replaces all processes of one service, and waits until the new ones run.

Arguments:
  service            name of the service

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless services restart web --app example-app
"
`);
});

test('restart --help', async () => {
  const { stdout } = await runCli('restart --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless restart [options]

Replaces all processes of an app, one service after the other.

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless restart --app example-app
"
`);
});

test('scale --help', async () => {
  const { stdout } = await runCli('scale --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless scale [options] [service]

Lists how many processes each service has and how large they are, or changes
that for one service and waits until it is so.

Arguments:
  service               name of the service

Options:
  -a, --app <name>      app, if not the one of this folder
  --count <processes>   number of processes
  --cpu <millicores>    CPU of one process, 1000 is one core
  --memory <megabytes>  memory of one process
  -r, --rack <name>     rack to talk to
  --json                print JSON
  -h, --help            display help for command

Example:
  $ rackless scale web --count 3 --app example-app
"
`);
});

test('ps lists processes', async () => {
  const { stdout, requests } = await runCli('ps -s web --release RAAAAAAAAAA', {
    rack: { listProcesses: [aProcess()] },
  });

  expect(stdout).toBe(
    'ID                   SERVICE  STATUS   RELEASE      STARTED        COMMAND\n' +
      'web-745f845dc-rzl2q  web      running  RAAAAAAAAAA  2 minutes ago  node web.js\n'
  );
  expect(requests[0]).toMatchObject({ service: 'web', release: 'RAAAAAAAAAA' });
});

test('ps info shows one process', async () => {
  const { stdout } = await runCli('ps info web-745f845dc-rzl2q', {
    rack: { getProcess: aProcess() },
  });

  expect(stdout).toMatchInlineSnapshot(`
"Id        web-745f845dc-rzl2q
App       shop
Command   node web.js
Instance  node-1
Release   RAAAAAAAAAA
Service   web
Started   2 minutes ago
Status    running
"
`);
});

test('ps stop stops one process', async () => {
  const { stdout, requests } = await runCli('ps stop web-745f845dc-rzl2q', {
    rack: { stopProcess: 'ok' },
  });

  expect(stdout).toBe('Stopping web-745f845dc-rzl2q... OK\n');
  expect(requests[0]).toMatchObject({ operation: 'stopProcess', id: 'web-745f845dc-rzl2q' });
});

test('ps stop without a process is a usage error', async () => {
  const { stderr, exitCode } = await runCli('ps stop');

  expect(exitCode).toBe(2);
  expect(stderr).toContain('ERROR: 1 arg required\n');
});

test('ps info of an unknown process', async () => {
  const { stderr, exitCode } = await runCli('ps info web-x', {
    rack: {
      getProcess: problem(404, { code: 'NotFound', detail: 'process not found: web-x' }),
    },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: process not found: web-x\n  list the processes');
});

test('services shows where they answer', async () => {
  const { stdout } = await runCli('services', { rack: { listServices: [aService(), worker] } });

  expect(stdout).toBe(
    'SERVICE  DOMAIN              PORTS\nweb      shop-web.localhost  443:3000\nworker                       \n'
  );
});

test('scale lists sizes', async () => {
  const { stdout } = await runCli('scale', { rack: { listServices: [aService(), worker] } });

  expect(stdout).toBe(
    'SERVICE  DESIRED  RUNNING  CPU  MEMORY\n' +
      'web      2        2        250  512\n' +
      'worker   1        1        250  512\n'
  );
});

test('scale changes the size and waits until it is so', async () => {
  const { stdout, requests } = await runCli('scale web --count 3 --cpu 500 --memory 1024', {
    rack: {
      scaleService: 'ok',
      listServices: inTurn(
        [aService({ count: 3, running: 2 })],
        [aService({ count: 3, running: 3 })]
      ),
    },
  });

  expect(stdout).toBe('Scaling web... OK\n');
  expect(requests[0]).toEqual({
    operation: 'scaleService',
    app: 'shop',
    service: 'web',
    count: 3,
    cpu: 500,
    memory: 1024,
  });
  expect(requests).toHaveLength(3);
});

test('scale to zero waits until nothing runs', async () => {
  const { stdout, requests } = await runCli('scale web --count 0', {
    rack: {
      scaleService: 'ok',
      listServices: inTurn([aService({ count: 0 })], [aService({ count: 0, running: 0 })]),
    },
  });

  expect(stdout).toBe('Scaling web... OK\n');
  expect(requests).toHaveLength(3);
});

test('scale that is never reached is a timeout', async () => {
  const { stderr, exitCode } = await runCli('scale web --count 3', {
    rack: { scaleService: 'ok', listServices: [aService({ count: 3, running: 2 })] },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: timeout: waited 300 s for web to run 3 processes\n');
});

test.each([
  ['scale --count 3', '1 arg required'],
  ['scale web --count some', '--count is not a whole number: some'],
  ['scale web worker', 'no more than 1 arg expected'],
  ['services restart', '1 arg required'],
])('%s is a usage error', async (line, message) => {
  const { stderr, exitCode, requests } = await runCli(line);

  expect([exitCode, requests]).toEqual([2, []]);
  expect(stderr.split('\n')[0]).toBe(`ERROR: ${message}`);
});

test('scale of an unknown service', async () => {
  const { stderr, exitCode } = await runCli('scale db', { rack: { listServices: [aService()] } });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: service not found: db\n');
});

test('restart replaces the processes of one service after the other', async () => {
  const { stdout, requests } = await runCli('restart', {
    rack: {
      listServices: [aService({ count: 1, running: 1 }), worker],
      restartService: 'ok',
      listProcesses: inTurn(
        [aProcess({ id: 'web-1' })],
        [aProcess({ id: 'web-1' }), aProcess({ id: 'web-2' })],
        [aProcess({ id: 'web-2' })],
        [aProcess({ id: 'worker-1' })],
        [aProcess({ id: 'worker-2' })]
      ),
    },
  });

  expect(stdout).toBe('Restarting web... OK\nRestarting worker... OK\n');
  expect(requests.filter(({ operation }) => operation === 'restartService')).toEqual([
    { operation: 'restartService', app: 'shop', service: 'web' },
    { operation: 'restartService', app: 'shop', service: 'worker' },
  ]);
});

test('services restart of an unknown service', async () => {
  const { screen, exitCode } = await runCli('services restart db', {
    rack: {
      listProcesses: [],
      restartService: problem(404, { code: 'NotFound', detail: 'service not found: db' }),
    },
  });

  expect(exitCode).toBe(1);
  expect(screen).toContain('Restarting db... ERROR: service not found: db\n');
});
