import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inTurn, problem, unreachable } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { aSystem } from './records.ts';

const settingsWith = (racks: Readonly<Record<string, string>>, current?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-config-'));
  mkdirSync(join(folder, 'racks'));
  for (const [name, url] of Object.entries(racks)) {
    writeFileSync(join(folder, 'racks', name), `${url}\n`);
  }
  if (current) writeFileSync(join(folder, 'current'), current);
  return folder;
};

const two = {
  production: 'https://convox:one@prod.test',
  staging: 'https://convox:two@staging.test',
};

test('login --help', async () => {
  const { stdout } = await runCli('login --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless login [options] [host]

Checks a token and keeps it, readable by you only. The rack becomes the current
one. Without --token it is asked for; without a host, RACK_URL gives both.

Arguments:
  host                 host of the rack, with or without https:// (default:
                       RACK_URL)

Options:
  -t, --token <token>  token of the rack
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless login rack.example.org --token TOKEN
"
`);
});

test('racks --help', async () => {
  const { stdout } = await runCli('racks --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless racks [options]

Lists the racks you are logged in to, and whether they answer.

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless racks
"
`);
});

test('rack --help', async () => {
  const { stdout } = await runCli('rack --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless rack [options]

Shows the rack that commands talk to.

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless rack
"
`);
});

test('switch --help', async () => {
  const { stdout } = await runCli('switch --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless switch [options] [name]

Makes a rack the current one. Without a name it prints which one that is.

Arguments:
  name               name of the rack, or a part of it

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless switch production
"
`);
});

test('login keeps the token for its owner only and makes the rack current', async () => {
  const RACKLESS_CONFIG = join(settingsWith({}), 'new');
  const { stdout, headers } = await runCli('login rack.test:5443/stage -t s3cr/et', {
    env: { RACKLESS_CONFIG },
    rack: { authenticate: 'ok', getSystem: aSystem() },
  });

  const file = join(RACKLESS_CONFIG, 'racks', 'local');
  expect(stdout).toBe('Authenticating with rack.test:5443... OK\n');
  expect(headers[0]?.get('authorization')).toBe(`Basic ${btoa('convox:s3cr/et')}`);
  expect(readFileSync(file, 'utf8')).toBe('https://convox:s3cr%2Fet@rack.test:5443/stage\n');
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  expect(readFileSync(join(RACKLESS_CONFIG, 'current'), 'utf8')).toBe('local\n');
});

test('login asks for the token on a terminal', async () => {
  const { headers } = await runCli('login http://rack.test', {
    env: { RACKLESS_CONFIG: settingsWith({}) },
    terminal: true,
    secret: 'typed',
    rack: { authenticate: 'ok', getSystem: aSystem() },
  });

  expect(headers[0]?.get('authorization')).toBe(`Basic ${btoa('convox:typed')}`);
});

test('login without a token off a terminal is a usage error', async () => {
  const { stderr, exitCode } = await runCli('login rack.test', { env: {} });

  expect(exitCode).toBe(2);
  expect(stderr).toBe('ERROR: no token given\n  give it with --token\n');
});

test('login with a wrong token keeps nothing', async () => {
  const RACKLESS_CONFIG = settingsWith({});
  const { stderr, exitCode } = await runCli('login rack.test -t wrong', {
    env: { RACKLESS_CONFIG },
    rack: {
      authenticate: problem(401, { code: 'Unauthenticated', detail: 'invalid authentication' }),
    },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: invalid login\n');
  expect(readdirSync(join(RACKLESS_CONFIG, 'racks'))).toEqual([]);
});

test('login that cannot keep the token says so', async () => {
  const file = join(settingsWith({}), 'current');
  writeFileSync(file, '');
  const { stderr, exitCode } = await runCli('login rack.test -t x', {
    env: { RACKLESS_CONFIG: file },
    rack: { authenticate: 'ok', getSystem: aSystem() },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^ERROR: cannot write the settings: ENOTDIR.*\n {2}RACKLESS_CONFIG names/);
});

test('racks tells which ones answer', async () => {
  const { stdout } = await runCli('racks', {
    env: { RACKLESS_CONFIG: settingsWith(two) },
    rack: {
      getSystem: inTurn(
        aSystem({ provider: 'aws' }),
        problem(401, { code: 'Unauthenticated', detail: 'invalid authentication' })
      ),
    },
  });

  expect(stdout).toBe(
    'NAME        PROVIDER  STATUS\n' +
      'production  aws       running\n' +
      'staging     unknown   token refused\n'
  );
});

test('rack shows the rack that commands talk to', async () => {
  const { stdout } = await runCli('rack', {
    rack: { getSystem: aSystem({ region: 'eu-west-1' }) },
  });

  expect(stdout).toMatchInlineSnapshot(`
"Name      local
Provider  local
Region    eu-west-1
Router    localhost
Status    running
Version   3.24.9
"
`);
});

test('switch takes a part of the name', async () => {
  const RACKLESS_CONFIG = settingsWith(two);
  const chosen = await runCli('switch prod', { env: { RACKLESS_CONFIG } });
  const shown = await runCli('switch', { env: { RACKLESS_CONFIG } });

  expect(chosen.stdout).toBe('Switched to production\n');
  expect(shown.stdout).toBe('production\n');
});

test.each([
  ['switch none', 'could not find rack: none'],
  ['switch g', 'ambiguous rack name: g'],
])('%s: %s', async (line, message) => {
  const env = { RACKLESS_CONFIG: settingsWith({ ...two, large: two.staging }) };
  const { stderr, exitCode } = await runCli(line, { env });

  expect(exitCode).toBe(1);
  expect(stderr.split('\n')[0]).toBe(`ERROR: ${message}`);
});

test('switch to two racks is a usage error', async () => {
  const { exitCode } = await runCli('switch a b');

  expect(exitCode).toBe(2);
});

test.each([
  ['RACK_URL first', { RACK_URL: 'http://convox:x@url.test', RACKLESS_RACK: 'staging' }, '', 'url'],
  ['then --rack', { RACKLESS_RACK: 'staging' }, '-r production', 'prod'],
  ['then RACKLESS_RACK', { RACKLESS_RACK: 'staging', CONVOX_RACK: 'production' }, '', 'staging'],
  ['then CONVOX_RACK', { CONVOX_RACK: 'staging' }, '', 'staging'],
  ['then the current one', {}, '', 'prod'],
])('the rack is chosen: %s', async (...[, env, option, host]) => {
  const RACKLESS_CONFIG = settingsWith(two, 'production');
  const { stderr } = await runCli(`apps ${option}`, {
    env: { RACKLESS_CONFIG, ...env },
    rack: { listApps: unreachable },
  });

  expect(stderr).toContain(
    `cannot reach the rack at ${host === 'url' ? 'http' : 'https'}://${host}.test`
  );
});

test('the rack of a folder goes before the current one', async () => {
  const { stderr } = await runCli('apps', {
    env: { RACKLESS_CONFIG: settingsWith(two, 'production') },
    files: { '.rackless/rack': 'staging\n' },
    rack: { listApps: unreachable },
  });

  expect(stderr).toContain('cannot reach the rack at https://staging.test');
});

test('without any rack it says how to get one', async () => {
  const { stderr, exitCode } = await runCli('apps', { env: { RACKLESS_CONFIG: settingsWith({}) } });

  expect(exitCode).toBe(1);
  expect(stderr).toMatchInlineSnapshot(`
"ERROR: no current rack, use \`rackless racks\` to list and \`rackless switch <name>\` to select
  or set RACK_URL to http://convox:TOKEN@host:port, or run \`rackless login HOST\`
"
`);
});
