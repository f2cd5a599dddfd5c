import { expect, test } from '@jest/globals';
import { runCli } from '#test/run-cli.ts';
import { aBuild } from './records.ts';

test('builds --help', async () => {
  const { stdout } = await runCli('builds --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds [options] [command]

Lists the builds of an app, the newest first.

Options:
  -a, --app <name>     app, if not the one of this folder
  -l, --limit <count>  how many to list
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Commands:
  info                 show a build
  logs                 print the log of a build
  cancel               stop a build
  export               save a build with its images
  import               make a release of a saved build
  import-image         make a build of an image that is there

Example:
  $ rackless builds --app example-app
"
`);
});

test('builds info --help', async () => {
  const { stdout } = await runCli('builds info --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds info [options] <build>

Shows a build and the release it made.

Arguments:
  build              id of the build

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless builds info BABCDEFGHIJ --app example-app
"
`);
});

test('builds logs --help', async () => {
  const { stdout } = await runCli('builds logs --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds logs [options] <build>

Prints what a build has printed.

Arguments:
  build              id of the build

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless builds logs BABCDEFGHIJ --app example-app
"
`);
});

test('builds lists them with their ages', async () => {
  const running = aBuild({ id: 'BCCCCCCCCCC', status: 'running', release: '', ended: '' });
  const { stdout } = await runCli('builds', { rack: { listBuilds: [running, aBuild()] } });

  expect(stdout).toBe(
    'ID           STATUS    RELEASE      STARTED        ELAPSED  DESCRIPTION\n' +
      'BCCCCCCCCCC  running                5 minutes ago           build 0123456789 Sell more\n' +
      'BBBBBBBBBBB  complete  RBBBBBBBBBB  5 minutes ago  2m0s     build 0123456789 Sell more\n'
  );
});

test('builds info tells what built the images, and from what', async () => {
  const provenance = {
    builder: 'buildkit 0.34.2',
    bases: [{ image: 'docker.io/library/node:24', digest: `sha256:${'a'.repeat(64)}` }],
    sbom: false,
    claimed: false,
  };
  const getBuild = aBuild({ id: 'BAAAAAAAAAA', 'git-sha': 'f00', provenance });

  const { stdout } = await runCli('builds info BAAAAAAAAAA', { rack: { getBuild } });

  expect(stdout).toMatch(
    /Commit +f00\nBuilder +buildkit 0\.34\.2\nBase +docker\S+:24@sha256:a{64}\n/
  );
});

test('builds info marks what only a client says, and changes that are in no commit', async () => {
  const provenance = { builder: 'docker 28.2.2', bases: [], sbom: false, claimed: true };
  const getBuild = aBuild({ 'git-sha': 'f00', 'git-dirty': true, provenance });

  const { stdout } = await runCli('builds info BAAAAAAAAAA', { rack: { getBuild } });

  expect(stdout).toMatch(
    /Commit +f00, with changes that are in no commit\nBuilder +docker 28\.2\.2\nSBOM +none\nSaid by +the client/
  );
});

test('builds info tells what an imported build is a copy of, and that its archive says so', async () => {
  const provenance = { builder: 'buildkit 0.34.2', bases: [], sbom: false, claimed: true };
  const origin = { rack: 'atom', app: 'shop', build: 'BCCCCCCCCCC' };
  const infoOf = async (given: object) =>
    (await runCli('builds info BAAAAAAAAAA', { rack: { getBuild: aBuild(given) } })).stdout;

  expect(await infoOf({ provenance, origin })).toMatch(
    /Imported +build BCCCCCCCCCC of app shop on rack atom, by what its archive says\nBuilder +buildkit 0\.34\.2\nSBOM +none\nSaid by +the archive; unchecked\n/
  );
  expect(await infoOf({ origin: { ...origin, rack: '' } })).toMatch(
    /Imported +build BCCCCCCCCCC of app shop, by/
  );
  expect(await infoOf({ origin: { rack: '', app: '', build: '' } })).toMatch(
    /Imported +an archive that does not name its build\n/
  );
});

test('builds info tells why a build failed', async () => {
  const { stdout } = await runCli('builds info BBBBBBBBBBB', {
    rack: { getBuild: aBuild({ status: 'failed', reason: 'out of memory' }) },
  });

  expect(stdout).toMatchInlineSnapshot(`
"Id           BBBBBBBBBBB
Status       failed
Release      RBBBBBBBBBB
Description  build 0123456789 Sell more
Started      5 minutes ago
Elapsed      2m0s
Reason       out of memory
"
`);
});

test('builds logs prints the log', async () => {
  const { stdout } = await runCli('builds logs BBBBBBBBBBB', {
    rack: { getBuildLogs: '#1 FROM scratch\n#2 done\n' },
  });

  expect(stdout).toBe('#1 FROM scratch\n#2 done\n');
});

test('builds info without a build is a usage error', async () => {
  const { stderr, exitCode } = await runCli('builds info');

  expect(exitCode).toBe(2);
  expect(stderr).toContain('ERROR: 1 arg required\n');
});
