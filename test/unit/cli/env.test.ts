import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CliError } from '#cli/errors.ts';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anEvent, aPromotion, aRelease } from './records.ts';

const latest = { listReleases: [aRelease()], getRelease: aRelease({ env: 'B=2\nA=1=1' }) };
const changed = { changeEnvironment: aRelease({ id: 'RCCCCCCCCCC', env: 'A=secret' }) };
const promoting = {
  promoteRelease: aPromotion({ release: 'RCCCCCCCCCC' }),
  listPromotionEvents: { events: [anEvent(1, 'one')], done: true },
  getPromotion: aPromotion({ release: 'RCCCCCCCCCC', status: 'Promoted' }),
};

test('env --help', async () => {
  const { stdout } = await runCli('env --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless env [options] [command]

Prints the environment of the latest release.

Options:
  -a, --app <name>     app, if not the one of this folder
  --release <release>  release to read
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Commands:
  get                  print one variable
  set                  set variables
  unset                remove variables
  edit                 edit variables in an editor

Example:
  $ rackless env --app example-app
"
`);
});

test('env get --help', async () => {
  const { stdout } = await runCli('env get --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless env get [options] <key>

Prints the value of one environment variable.

Arguments:
  key                  name of the variable

Options:
  -a, --app <name>     app, if not the one of this folder
  --release <release>  release to read
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless env get DATABASE_URL --app example-app
"
`);
});

test('env set --help', async () => {
  const { stdout } = await runCli('env set --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless env set [options] <key=value...>

Sets environment variables in a new release. \`-\` reads more KEY=VALUE lines from
standard input.

Arguments:
  key=value            variables, or - for standard input

Options:
  -a, --app <name>     app, if not the one of this folder
  -p, --promote        promote the new release
  --queue              wait for a promotion that is under way, then run
  --force              cancel a promotion that is under way, then run
  --force-conflicts    take over fields that somebody else has changed in the
                       cluster
  --timeout <seconds>  roll back after so long without progress
  --release <release>  start from this release, not the latest
  --id                 print only the release id on stdout
  --replace            drop all variables that are not given
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless env set COLOR=blue SIZE=2 --app example-app --promote
"
`);
});

test('env unset --help', async () => {
  const { stdout } = await runCli('env unset --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless env unset [options] <key...>

Removes environment variables in a new release.

Arguments:
  key                  names of the variables

Options:
  -a, --app <name>     app, if not the one of this folder
  -p, --promote        promote the new release
  --queue              wait for a promotion that is under way, then run
  --force              cancel a promotion that is under way, then run
  --force-conflicts    take over fields that somebody else has changed in the
                       cluster
  --timeout <seconds>  roll back after so long without progress
  --release <release>  start from this release, not the latest
  --id                 print only the release id on stdout
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless env unset COLOR SIZE --app example-app --promote
"
`);
});

test('env edit --help', async () => {
  const { stdout } = await runCli('env edit --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless env edit [options]

Opens the environment in $EDITOR and makes a new release if something has
changed.

Options:
  -a, --app <name>     app, if not the one of this folder
  -p, --promote        promote the new release
  --queue              wait for a promotion that is under way, then run
  --force              cancel a promotion that is under way, then run
  --force-conflicts    take over fields that somebody else has changed in the
                       cluster
  --timeout <seconds>  roll back after so long without progress
  --release <release>  start from this release, not the latest
  --id                 print only the release id on stdout
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless env edit --app example-app --promote
"
`);
});

test('env prints the variables of the latest release, sorted', async () => {
  const { stdout } = await runCli('env', { rack: latest });

  expect(stdout).toBe('A=1=1\nB=2\n');
});

test('env --json is one object', async () => {
  const { stdout } = await runCli('env --json', { rack: latest });

  expect(JSON.parse(stdout)).toEqual({ A: '1=1', B: '2' });
});

test('env of an app without a release is empty', async () => {
  const { stdout, exitCode } = await runCli('env', { rack: { listReleases: [] } });

  expect([stdout, exitCode]).toEqual(['', 0]);
});

test('env get --release reads that release', async () => {
  const { stdout, requests } = await runCli('env get B --release RAAAAAAAAAA', { rack: latest });

  expect(stdout).toBe('2\n');
  expect(requests).toEqual([{ operation: 'getRelease', app: 'shop', id: 'RAAAAAAAAAA' }]);
});

test('env get of a variable that is not there', async () => {
  const { stderr, exitCode } = await runCli('env get C', { rack: latest });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: env not found: C\n');
});

test('env set changes keys on the server', async () => {
  const { stdout, requests } = await runCli('env set A=1 B=x=y C=', { rack: changed });

  expect(stdout).toBe('Setting A, B, C... OK\nRelease: RCCCCCCCCCC\n');
  expect(requests).toEqual([
    {
      operation: 'changeEnvironment',
      app: 'shop',
      set: { A: '1', B: 'x=y', C: '' },
      unset: [],
      replace: false,
    },
  ]);
});

test('env set --json does not print the environment', async () => {
  const { stdout } = await runCli('env set A=1 --json', { rack: changed });

  expect(JSON.parse(stdout)).toMatchObject({ release: 'RCCCCCCCCCC' });
  expect(stdout).not.toContain('secret');
});

test('env set --promote goes on to promote, and --id leaves the id on stdout', async () => {
  const { stdout, stderr } = await runCli('env set A=1 -p --id --release RAAAAAAAAAA', {
    rack: { ...changed, ...promoting },
  });

  expect(stdout).toBe('RCCCCCCCCCC');
  expect(stderr).toBe(
    'Setting A... OK\nRelease: RCCCCCCCCCC\nPromoting RCCCCCCCCCC... \n' +
      '2026-03-18T14:30:01Z one\nOK\n'
  );
});

test('env set reads standard input only when - is given', async () => {
  const input = 'B=2\n\nnothing\n C =3\n';
  const piped = await runCli('env set A=1 - --replace', { rack: changed, input });
  const plain = await runCli('env set A=1', { rack: changed, input });

  expect(piped.requests[0]).toMatchObject({ set: { A: '1', B: '2', C: '3' }, replace: true });
  expect(plain.requests[0]).toMatchObject({ set: { A: '1' } });
});

test.each([
  ['env set', 'at least 1 arg required'],
  ['env set A', 'not a variable: A'],
  ['env set =1', 'not a variable: =1'],
  ['env set -', 'no environment variables given'],
  ['env unset', 'at least 1 arg required'],
])('%s is a usage error: %s', async (line, message) => {
  const { stderr, exitCode, requests } = await runCli(line, { input: 'nothing\n' });

  expect(exitCode).toBe(2);
  expect(requests).toEqual([]);
  expect(stderr.split('\n')[0]).toBe(`ERROR: ${message}`);
});

test('a mask is never set as a value', async () => {
  const { stderr, exitCode, requests } = await runCli('env set A=**** B=*****');

  expect(exitCode).toBe(1);
  expect(requests).toEqual([]);
  expect(stderr).toContain('ERROR: refusing to set a mask as a value: A, B\n');
});

test('env set that the rack refuses prints its words behind the open line', async () => {
  const { screen, exitCode } = await runCli('env set A=1', {
    rack: {
      changeEnvironment: problem(403, {
        code: 'PermissionDenied',
        detail: 'you may not change variables',
      }),
    },
  });

  expect(exitCode).toBe(1);
  expect(screen).toBe(
    'Setting A... ERROR: you may not change variables\n' +
      '  ask an admin of the rack for a token with more rights\n'
  );
});

test('env unset removes keys on the server', async () => {
  const { stdout, requests } = await runCli('env unset A B', { rack: changed });

  expect(stdout).toBe('Unsetting A, B... OK\nRelease: RCCCCCCCCCC\n');
  expect(requests[0]).toMatchObject({ set: {}, unset: ['A', 'B'] });
});

test('env edit sends what has changed, based on the release that was shown', async () => {
  const seen: string[] = [];
  const { stdout, requests } = await runCli('env edit', {
    rack: { ...latest, ...changed },
    edit: async (file) => {
      seen.push(readFileSync(file, 'utf8'), (statSync(file).mode & 0o777).toString(8), file);
      writeFileSync(file, 'A=2\nC=3\n');
    },
  });

  expect(seen.slice(0, 2)).toEqual(['A=1=1\nB=2\n', '600']);
  expect(existsSync(seen[2] ?? '')).toBe(false);
  expect(stdout).toBe('Setting A, C, Unsetting B... OK\nRelease: RCCCCCCCCCC\n');
  expect(requests.at(-1)).toMatchObject({
    set: { A: '2', C: '3' },
    unset: ['B'],
    'based-on': 'RBBBBBBBBBB',
  });
});

test('env edit without a change makes no release', async () => {
  const { stdout, requests } = await runCli('env edit', { rack: latest });

  expect(stdout).toBe('No changes\n');
  expect(requests.map(({ operation }) => operation)).toEqual(['listReleases', 'getRelease']);
});

test('env edit with an editor that fails leaves no file behind', async () => {
  const files: string[] = [];
  const { exitCode } = await runCli('env edit', {
    rack: latest,
    edit: async (file) => {
      files.push(file);
      throw new CliError('EditorFailed', 'editor failed: vi: exit 1');
    },
  });

  expect(exitCode).toBe(1);
  expect(files.filter(existsSync)).toEqual([]);
});
