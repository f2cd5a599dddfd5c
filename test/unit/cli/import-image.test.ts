import { expect, test } from '@jest/globals';
import { inTurn, problem, type Script } from '#test/fakes/scripted-rack.ts';
import { runCli, type Setting } from '#test/run-cli.ts';
import { aBuild, anEvent, aRelease } from './records.ts';

const image = 'ghcr.io/acme/shop:1.4';
const files = { 'convox.yml': 'services:\n  web:\n    port: 80\n' };
const rack: Script = {
  createBuild: aBuild({ status: 'created', release: '' }),
  updateBuild: aBuild({ status: 'created', release: '' }),
  importImage: 'ok',
  listBuildEvents: inTurn(
    { events: [anEvent(1, `Copying: ${image} (web)`)], done: false },
    { events: [], done: true }
  ),
  getBuild: aBuild({ release: '' }),
  createRelease: aRelease(),
};

const importing = (options = '', setting: Setting = {}) =>
  runCli(`builds import-image ${image} ${options}`, { files, rack, ...setting });

test('builds import-image --help', async () => {
  const { stdout } = await runCli('builds import-image --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds import-image [options] <image>

Copies an image into the app's repository, for all services of the manifest that
name no image of their own, and makes a release without promoting it. The login
is for this once; without one, those of \`rackless registries\` count.

Arguments:
  image                            name of the image, with the host of its
                                   registry

Options:
  -a, --app <name>                 app, if not the one of this folder
  -m, --manifest <file>            manifest (default: convox.yml)
  --src-creds-user <name>          user name at the image's registry
  --src-creds-pass-env <variable>  environment variable that holds the password
  --src-creds-pass-stdin           read the password from standard input
  --id                             print only the release id on stdout
  -r, --rack <name>                rack to talk to
  --json                           print JSON
  -h, --help                       display help for command

Example:
  $ rackless builds import-image ghcr.io/acme/shop:1.4 --app example-app
"
`);
});

test('takes the steps of Convox, and makes a release', async () => {
  const { exitCode, stdout, stderr, requests } = await importing();

  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    `Creating build... OK, BBBBBBBBBBB\nRelaying image ${image}... OK\n` +
      'Waiting for import to complete... OK\nCreating release... OK, RBBBBBBBBBB\n' +
      'Build:   BBBBBBBBBBB\nRelease: RBBBBBBBBBB\n'
  );
  expect(requests.filter(({ operation }) => operation !== 'listBuildEvents')).toEqual([
    {
      operation: 'createBuild',
      app: 'shop',
      external: true,
      'no-grant': true,
      description: `image ${image}`,
    },
    {
      operation: 'updateBuild',
      app: 'shop',
      id: 'BBBBBBBBBBB',
      manifest: files['convox.yml'],
      'no-grant': true,
    },
    { operation: 'importImage', app: 'shop', id: 'BBBBBBBBBBB', image },
    { operation: 'getBuild', app: 'shop', id: 'BBBBBBBBBBB' },
    { operation: 'createRelease', app: 'shop', build: 'BBBBBBBBBBB' },
  ]);
});

test('--manifest names another one, --id leaves only the release id on stdout', async () => {
  const { stdout, requests } = await importing('-m deploy/other.yml --id', {
    files: { 'deploy/other.yml': 'services: {}\n' },
  });

  expect(stdout).toBe('RBBBBBBBBBB');
  expect(requests[1]).toMatchObject({ manifest: 'services: {}\n' });
});

test('--json is one object per line', async () => {
  const { stdout } = await importing('--json');

  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toEqual({ type: 'result', build: 'BBBBBBBBBBB', release: 'RBBBBBBBBBB' });
  expect(lines).toContainEqual(expect.objectContaining({ type: 'event', sequence: 1 }));
});

const login = { 'src-creds-user': 'ada', 'src-creds-pass': 'hunter2' };

test.each<[string, Setting]>([
  [
    '--src-creds-pass-env PASS',
    { env: { RACK_URL: 'http://convox:x@rack.test/stage', PASS: 'hunter2' } },
  ],
  ['--src-creds-pass-stdin', { input: 'hunter2\r\n' }],
])('gives the login by %s, and shows it nowhere', async (options, setting) => {
  const { screen, requests } = await importing(`--src-creds-user ada ${options}`, setting);

  expect(requests[2]).toMatchObject({ operation: 'importImage', ...login });
  expect(screen).not.toContain('hunter2');
});

test.each<[string, string, Setting]>([
  ['--src-creds-user ada --src-creds-pass hunter2', 'would show the password to other users', {}],
  ['--src-creds-user ada', '--src-creds-user needs a password', {}],
  ['--src-creds-pass-stdin', 'the password needs a user name', { input: 'x' }],
  ['--src-creds-user ada --src-creds-pass-stdin', 'no password on standard input', { input: '\n' }],
  ['--src-creds-pass-env NOPE', '--src-creds-pass-env=NOPE: environment variable not set', {}],
  [
    '--src-creds-pass-env A --src-creds-pass-stdin',
    'at most one of --src-creds-pass-env, --src',
    {},
  ],
])('%s is a usage error before anything is sent', async (options, message, setting) => {
  const { exitCode, stderr, requests } = await importing(options, setting);

  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toContain('hunter2');
  expect(requests).toEqual([]);
});

test.each([
  [['builds', 'import-image'], 2, '1 arg required'],
  [['builds', 'import-image', 'Shop:1'], 2, 'not the name of an image: Shop:1'],
  [['builds', 'import-image', image, '-m', 'none.yml'], 1, 'no such file: none.yml'],
])('%j is refused before anything is sent', async (line, code, message) => {
  const { exitCode, stderr, requests } = await runCli(line, { files, rack });

  expect([exitCode, stderr]).toEqual([code, expect.stringContaining(message)]);
  expect(requests).toEqual([]);
});

test('what the rack refuses does not stand as begun', async () => {
  const detail = 'no service takes the image: each has one of its own (web)';
  const importImage = problem(400, { code: 'InvalidRequest', detail });

  const { exitCode, stderr, requests } = await importing('', { rack: { ...rack, importImage } });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`ERROR: ${detail}\n`)]);
  expect(requests.at(-1)).toMatchObject({
    operation: 'updateBuild',
    status: 'failed',
    reason: detail,
  });
});

test('an import that fails tells why, and makes no release', async () => {
  const getBuild = aBuild({ status: 'failed', release: '', reason: 'its registry denies it' });

  const { exitCode, stderr, requests } = await importing('', { rack: { ...rack, getBuild } });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'its registry denies it\nLog: rackless builds logs BBBBBBBBBBB -a shop\nERROR: import failed\n'
  );
  expect(requests.map((it) => it.operation)).not.toContain('createRelease');
});

test('Ctrl-C leaves the import going on, and says how to go on after it', async () => {
  const interrupt = new AbortController();
  const listBuildEvents = () => {
    interrupt.abort();
    return { events: [], done: false };
  };

  const { exitCode, stderr } = await importing('', {
    rack: { ...rack, listBuildEvents },
    interrupt,
  });

  expect(exitCode).toBe(130);
  expect(stderr).toContain('rackless deploy --build BBBBBBBBBBB -a shop');
});
