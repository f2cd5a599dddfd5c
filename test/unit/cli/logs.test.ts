import { expect, test } from '@jest/globals';
import { inTurn, problem, unreachable } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';

const line = (text: string) => ({
  at: '2026-03-18T14:29:00.123Z',
  service: 'web',
  process: 'web-x',
  text,
});

test('logs --help', async () => {
  const { stdout } = await runCli('logs --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless logs [options]

Prints what the processes of an app print, from two minutes ago on, until
Ctrl-C.

Options:
  -a, --app <name>      app, if not the one of this folder
  --filter <text>       only lines with this text
  --since <duration>    how far back to start, such as 90s, 2m or 1h
  --tail <lines>        only the last lines of each process
  --no-follow           stop at the last line
  -s, --service <name>  only this service
  --previous            lines of the processes before the last restart
  -r, --rack <name>     rack to talk to
  --json                print JSON
  -h, --help            display help for command

Example:
  $ rackless logs --app example-app --service web --since 10m
"
`);
});

test('logs --no-follow prints what there is and stops', async () => {
  const { stdout, exitCode, requests } = await runCli(
    'logs --no-follow --since 1h30m --tail 5 --filter GET -s web --previous',
    {
      rack: {
        listLogs: inTurn(
          { lines: [line('GET /')], cursor: 'c1' },
          { lines: [line('GET /x')], cursor: 'c2' },
          { lines: [], cursor: 'c3' }
        ),
      },
    }
  );

  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    '2026-03-18T14:29:00Z service/web/web-x GET /\n2026-03-18T14:29:00Z service/web/web-x GET /x\n'
  );
  expect(requests[0]).toEqual({
    operation: 'listLogs',
    app: 'shop',
    since: 5400,
    tail: 5,
    filter: 'GET',
    service: 'web',
    previous: true,
  });
  expect(requests.map(({ cursor }) => cursor)).toEqual([undefined, 'c1', 'c2']);
});

test('logs follows, over a lost connection, until Ctrl-C', async () => {
  const interrupt = new AbortController();
  const pages = ['a', 'lost', 'b', 'end'];
  const { stdout, stderr, exitCode, requests } = await runCli('logs', {
    interrupt,
    rack: {
      listLogs: () => {
        const page = pages.shift() ?? 'end';
        if (page === 'end') interrupt.abort();
        return page.length > 1 ? unreachable : { lines: [line(page)], cursor: page };
      },
    },
  });

  expect(exitCode).toBe(130);
  expect(stdout.match(/web-x .*/g)).toEqual(['web-x a', 'web-x b']);
  expect(stderr).toBe('Connection to the rack lost, trying again\ninterrupted\n');
  expect(requests.slice(1, 3).map(({ cursor, wait }) => [cursor, wait])).toEqual([
    ['a', 20],
    ['a', 20],
  ]);
});

test('logs --json is one line of JSON for each line', async () => {
  const { stdout } = await runCli('logs --no-follow --json', {
    rack: { listLogs: inTurn({ lines: [line('x')], cursor: 'c' }, { lines: [], cursor: 'c' }) },
  });

  expect(JSON.parse(stdout)).toEqual({ type: 'log', ...line('x') });
});

test('logs --since takes a duration', async () => {
  const { stderr, exitCode } = await runCli('logs --since yesterday');

  expect(exitCode).toBe(2);
  expect(stderr).toBe('ERROR: --since is not a duration: yesterday\n  such as 90s, 2m or 1h30m\n');
});

test('logs of an unknown app', async () => {
  const { stderr, exitCode } = await runCli('logs', {
    rack: { listLogs: problem(404, { code: 'NotFound', detail: 'app not found: shop' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: app not found: shop\n');
});
