import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';

const github = { server: 'ghcr.io', username: 'ada', password: '' };

test('registries --help', async () => {
  const { stdout } = await runCli('registries --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless registries [options] [command]

Lists the registries that the rack has a login for, beside its own registry.
Passwords are never shown.

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Commands:
  add                add a registry, or change its login
  remove             remove a registry
  test               try a registry from where the rack is

Example:
  $ rackless registries
"
`);
});

test('registries add --help', async () => {
  const { stdout } = await runCli('registries add --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless registries add [options] <server> <username> [password]

Gives the rack a login for a registry, for base images of builds and for images
of services. The password is asked for, or read from standard input. Nobody can
read it again. Docker Hub is docker.io.

Arguments:
  server             host of the registry, as image names begin: ghcr.io
  username           user name of the login
  password           for scripts written for Convox: other users of this machine
                     can see it

Options:
  --password-stdin   read the password from standard input, also at a terminal
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless registries add ghcr.io ada --password-stdin < token.txt
"
`);
});

test('registries test --help', async () => {
  const { stdout } = await runCli('registries test --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless registries test [options] [server]

Pushes a tiny artifact to the rack's own registry and pulls it back, with a
credential like those for builds, and says what is wrong. For a registry that
was added, tries its login; with --repository, pushes and pulls there, too.

Arguments:
  server               a registry that was added

Options:
  --repository <path>  push to and pull from this path of the registry
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless registries test ghcr.io --repository acme/scratch
"
`);
});

test('lists registries without their secrets', async () => {
  const rack = { listRegistries: [github] };

  expect((await runCli('registries', { rack })).stdout).toBe('SERVER   USERNAME\nghcr.io  ada\n');
  expect(JSON.parse((await runCli('registries --json', { rack })).stdout)).toEqual([
    { server: 'ghcr.io', username: 'ada' },
  ]);
});

test.each([
  ['from standard input', '--password-stdin', { input: 's3cret\n' }],
  ['from standard input of a script', '', { input: 's3cret\r\n' }],
  ['from a prompt', '', { terminal: true, secret: 's3cret' }],
  ["as Convox's client has it", 's3cret', {}],
])('takes the password %s', async (_, more, setting) => {
  const { exitCode, stdout, requests } = await runCli(`registries add ghcr.io ada ${more}`.trim(), {
    rack: { addRegistry: github },
    ...setting,
  });

  expect([exitCode, stdout]).toEqual([0, 'Adding ghcr.io... OK\n']);
  expect(requests).toEqual([
    { operation: 'addRegistry', server: 'ghcr.io', username: 'ada', password: 's3cret' },
  ]);
});

test.each([
  ['registries add ghcr.io ada --password-stdin', 'no password on standard input'],
  ['registries add ghcr.io ada x --password-stdin', 'the password is given twice'],
  ['registries add ghcr.io', 'at least 2 args required'],
])('refuses %s', async (line, message) => {
  const { exitCode, stderr, requests } = await runCli(line);

  expect([exitCode, requests]).toEqual([2, []]);
  expect(stderr).toContain(message);
});

test('removes a registry', async () => {
  const { exitCode, stdout } = await runCli('registries remove ghcr.io', {
    rack: { removeRegistry: 'ok' },
  });

  expect([exitCode, stdout]).toEqual([0, 'Removing ghcr.io... OK\n']);
});

test('says when there is no such registry', async () => {
  const { exitCode, stderr } = await runCli('registries remove ghcr.io', {
    rack: {
      removeRegistry: problem(404, { code: 'NotFound', detail: 'no such registry: ghcr.io' }),
    },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('no such registry: ghcr.io');
});

const check = {
  server: 'ghcr.io',
  repository: '',
  ok: true,
  findings: [
    { step: 'reach', ok: true, detail: 'ghcr.io answers', hint: '' },
    { step: 'login', ok: true, detail: 'ada is let in', hint: '' },
  ],
};

test('shows what was tried', async () => {
  const { exitCode, stdout, requests } = await runCli(
    'registries test ghcr.io --repository acme/scratch',
    { rack: { testRegistry: check } }
  );

  expect([exitCode, stdout]).toEqual([
    0,
    'STEP   RESULT  DETAIL\nreach  ok      ghcr.io answers\nlogin  ok      ada is let in\n',
  ]);
  expect(requests).toEqual([
    { operation: 'testRegistry', server: 'ghcr.io', repository: 'acme/scratch' },
  ]);
});

test('fails with the next step when something is wrong', async () => {
  const findings = [
    { step: 'reach', ok: false, detail: 'ghcr.io: no such name', hint: 'check its spelling' },
  ];
  const rack = { testRegistry: { ...check, ok: false, findings } };

  const { exitCode, stdout, stderr } = await runCli('registries test ghcr.io', { rack });
  const json = await runCli('registries test ghcr.io --json', { rack });

  expect(exitCode).toBe(1);
  expect(stdout).toContain('reach  failed  ghcr.io: no such name');
  expect(stderr).toContain('ghcr.io: reach failed');
  expect(stderr).toContain('check its spelling');
  expect([json.exitCode, JSON.parse(json.stdout).findings]).toEqual([1, findings]);
});
