import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { runCli } from '#test/run-cli.ts';
import { aSystem } from './records.ts';

test('version --help', async () => {
  const { stdout } = await runCli('version --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless version [options]

Prints the version of this client, and of the rack if there is one.

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless version
"
`);
});

test('completion --help', async () => {
  const { stdout } = await runCli('completion --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless completion [options] <shell>

Prints a script that completes commands, flags and app names in bash, zsh or
fish. Load it from the start-up file of the shell.

Arguments:
  shell              bash, zsh or fish

Options:
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ source <(rackless completion bash)
"
`);
});

test('rackless shows the command tree', async () => {
  const { stdout, exitCode } = await runCli('');

  expect(exitCode).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless [options] <command>

Deploys apps to a rack, and looks after them there.

Options:
  -v, --version  print the version of this client
  -h, --help     display help for command

Commands:
  apps           list, create and delete apps
  build          build a release from a folder
  builds         list builds and read their logs
  completion     print a completion script
  deploy         build a folder and promote the release
  env            read and change the environment
  grants         list push credentials and take them back
  login          log in to a rack
  logs           follow the logs of an app
  ps             list and stop processes
  rack           show the rack
  racks          list racks
  registries     list registries, add, remove and test them
  releases       list, promote and roll back releases
  rescue         put an app back without the rack
  restart        restart all services
  scale          show or change the size of services
  services       list and restart services
  switch         choose the current rack
  verdict        replay how a promotion was judged
  version        print the versions of client and rack
  help           show how a command is used

Example:
  $ rackless deploy --app example-app
"
`);
});

test('help deploy shows the help of deploy', async () => {
  const [help, option] = await Promise.all([runCli('help deploy'), runCli('deploy --help')]);

  expect(help.exitCode).toBe(0);
  expect(help.stdout).toBe(option.stdout);
});

test.each(['-v', '--version'])('%s prints the version of the client', async (flag) => {
  const { stdout, exitCode } = await runCli(flag);

  expect([stdout, exitCode]).toEqual(['0.1.0\n', 0]);
});

test('version prints both versions', async () => {
  const { stdout } = await runCli('version', { rack: { getSystem: aSystem() } });

  expect(stdout).toBe('client: 0.1.0\nserver: 3.24.9\n');
});

test('version works without a rack', async () => {
  const { stdout, exitCode } = await runCli('version', { env: { RACKLESS_CONFIG: '/nowhere' } });

  expect([stdout, exitCode]).toEqual(['client: 0.1.0\nserver: none\n', 0]);
});

test('version with an argument is a usage error', async () => {
  const { stderr, exitCode } = await runCli('version all');

  expect(exitCode).toBe(2);
  expect(stderr).toContain('ERROR: 0 args required\n');
});

test('an unknown command comes with a guess', async () => {
  const { stderr, exitCode } = await runCli('relases');

  expect(exitCode).toBe(2);
  expect(stderr).toBe("ERROR: unknown command 'relases'\n  (Did you mean releases?)\n");
});

test('an unknown option under --json is JSON on stderr', async () => {
  const { stdout, stderr } = await runCli('apps --json --all');

  expect(stdout).toBe('');
  expect(JSON.parse(stderr)).toEqual({
    code: 'Usage',
    detail: "unknown option '--all'",
    hint: 'add --help to see how the command is used',
  });
});

test.each(['bash', 'zsh', 'fish'])('completion %s knows commands and flags', async (shell) => {
  const { stdout, exitCode } = await runCli(['completion', shell]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain('info manifest promote rollback pin unpin attach evidence');
  expect(stdout).toContain(shell === 'fish' ? '-l no-follow' : '--no-follow');
});

test('bash completes commands, flags and app names with the script', async () => {
  const { stdout } = await runCli('completion bash');
  const complete = (...words: string[]) =>
    spawnSync('bash', ['--norc'], {
      encoding: 'utf8',
      input:
        `rackless() { printf 'APP  STATUS\\nshop  running\\nstore  running\\n'; }\n${stdout}\n` +
        `COMP_WORDS=(rackless ${words.map((word) => `'${word}'`).join(' ')})\n` +
        `COMP_CWORD=${words.length}\n_rackless\necho "\${COMPREPLY[*]}"\n`,
    }).stdout.trim();

  expect(complete('rel')).toBe('releases');
  expect(complete('releases', 'pr')).toBe('promote');
  expect(complete('releases', 'promote', '--f')).toBe('--force --force-conflicts');
  expect(complete('logs', '-a', 's')).toBe('shop store');
});

test('completion for an unknown shell is a usage error', async () => {
  const { stderr, exitCode } = await runCli('completion tcsh');

  expect(exitCode).toBe(2);
  expect(stderr).toBe('ERROR: unknown shell: tcsh\n  bash, zsh or fish\n');
});
