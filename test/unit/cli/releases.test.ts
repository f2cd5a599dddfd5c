import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anApp, aRelease } from './records.ts';

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

test('releases of an unknown app says that there is none', async () => {
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

test('releases manifest of a release without a build says that it has none', async () => {
  const { stderr, exitCode } = await runCli('releases manifest RBBBBBBBBBB', {
    rack: { getRelease: aRelease({ build: '' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe('ERROR: no build for release: RBBBBBBBBBB\n');
});
