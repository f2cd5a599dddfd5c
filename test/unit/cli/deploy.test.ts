import { expect, test } from '@jest/globals';

import { inTurn, problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { aBuild, anEvent, aPromotion, aRelease } from './records.ts';

const files = { 'convox.yml': 'services:\n  web:\n    build: .\n', Dockerfile: 'FROM scratch\n' };
const source = { object: `object://shop/sources/${'5'.repeat(64)}`, missing: [] };
const building = {
  storeSource: source,
  createBuild: aBuild({ status: 'created', release: '' }),
  listBuildEvents: inTurn(
    { events: [anEvent(1, '#1 FROM scratch')], done: false },
    { events: [anEvent(2, '#2 done')], done: true }
  ),
  getBuild: aBuild(),
};
const promoting = {
  promoteRelease: aPromotion(),
  listPromotionEvents: { events: [anEvent(1, 'one')], done: true },
  getPromotion: aPromotion({ status: 'Promoted' }),
};
const rack = { ...building, ...promoting };

test('build --help', async () => {
  const { stdout } = await runCli('build --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless build [options] [dir]

Packs a folder, builds its images in the rack and makes a release, without
promoting it. Files that .dockerignore names stay out. With --external, the
images are built on this machine and pushed straight to the registry, with a
credential for this one repository that lives for minutes.

Arguments:
  dir                       folder of the app (default: this one)

Options:
  -a, --app <name>          app, if not the one of this folder
  --build-args <key=value>  build argument; repeatable
  -d, --description <text>  description of the build
  --development             build the development stage
  -m, --manifest <file>     manifest, if not convox.yml
  --no-cache                build without the cache
  --external                build on this machine and push straight to the
                            registry
  --builder <name>          docker, podman or buildah, if not the first that
                            works
  --platform <platform>     platform of an external build, such as linux/amd64
  --id                      print only the release id on stdout
  -r, --rack <name>         rack to talk to
  --json                    print JSON
  -h, --help                display help for command

Example:
  $ rackless build --app example-app --description "first try"
"
`);
});

test('deploy --help', async () => {
  const { stdout } = await runCli('deploy --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless deploy [options] [dir]

Builds a release from a folder and rolls it out. If it does not become healthy,
the rack puts the last active release back. Ctrl-C leaves the rollout running.
With --build, nothing is built: the latest release goes out if it is one of that
build, or else a new one of that build with the latest environment.

Arguments:
  dir                       folder of the app (default: this one)

Options:
  -a, --app <name>          app, if not the one of this folder
  --build-args <key=value>  build argument; repeatable
  -d, --description <text>  description of the build
  --development             build the development stage
  -m, --manifest <file>     manifest, if not convox.yml
  --no-cache                build without the cache
  --external                build on this machine and push straight to the
                            registry
  --builder <name>          docker, podman or buildah, if not the first that
                            works
  --platform <platform>     platform of an external build, such as linux/amd64
  --id                      print only the release id on stdout
  --build <build>           promote this build instead of building a folder
  --queue                   wait for a promotion that is under way, then run
  --force                   cancel a promotion that is under way, then run
  --force-conflicts         take over fields that somebody else has changed in
                            the cluster
  --timeout <seconds>       roll back after so long without progress
  -r, --rack <name>         rack to talk to
  --json                    print JSON
  -h, --help                display help for command

Example:
  $ rackless deploy --app example-app
"
`);
});

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

test('build packs, uploads, builds and names what it made', async () => {
  const { stdout, stderr, uploads } = await runCli('build', { files, rack });

  expect(stderr).toBe('');
  expect(stdout).toBe(
    'Packaging source... OK\nUploading source... OK, unchanged\nStarting build... OK\n' +
      '#1 FROM scratch\n#2 done\nBuild:   BBBBBBBBBBB\nRelease: RBBBBBBBBBB\n'
  );
  expect(uploads).toEqual([]);
});

test('build passes its options and what git knows', async () => {
  const { requests } = await runCli(
    'build . --build-args A=1 --build-args B=2 --no-cache --development',
    {
      files,
      rack,
      git: { HEAD: 'a'.repeat(40), '--quiet': '', '-z': '', '--abbrev=10': '0123456789 Sell' },
    }
  );

  expect(requests[1]).toEqual({
    operation: 'createBuild',
    app: 'shop',
    url: source.object,
    'build-args': ['A=1', 'B=2'],
    description: 'build 0123456789 Sell',
    development: true,
    manifest: 'convox.yml',
    'no-cache': true,
    'git-sha': 'a'.repeat(40),
    'git-dirty': false,
  });
});

test('a tree that differs from the commit has no description', async () => {
  const { requests } = await runCli('build', {
    files,
    rack,
    git: { HEAD: 'a'.repeat(40), '--abbrev=10': '0123456789 Sell' },
  });

  expect(requests[1]).toMatchObject({
    description: '',
    'git-sha': 'a'.repeat(40),
    'git-dirty': true,
  });
});

test('deploy goes on to promote, without the lines of build', async () => {
  const { stdout, exitCode } = await runCli('deploy', { files, rack });

  expect(exitCode).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
"Packaging source... OK
Uploading source... OK, unchanged
Starting build... OK
#1 FROM scratch
#2 done
Promoting RBBBBBBBBBB... 
2026-03-18T14:30:01Z one
OK
"
`);
});

test('deploy --id leaves only the release id on stdout, without a line end', async () => {
  const { stdout, stderr } = await runCli('deploy --id', { files, rack });

  expect(stdout).toBe('RBBBBBBBBBB');
  expect(stderr).toMatch(/^Packaging source... OK\n.*OK\n$/s);
});

test('deploy --json is one object per line', async () => {
  const { stdout } = await runCli('deploy --json', { files, rack });

  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual([
    ...Array(3).fill('step'),
    'upload',
    ...Array(3).fill('step'),
    'build',
    'event',
    'event',
    'promotion',
    'event',
    'result',
  ]);
});

const old = aRelease({ id: 'RAAAAAAAAAA', build: 'BAAAAAAAAAA' });

test('deploy --build makes a release of a build that is there, and promotes it', async () => {
  const { stdout, requests } = await runCli('deploy --build BBBBBBBBBBB', {
    rack: { ...promoting, listReleases: [old], createRelease: aRelease() },
  });

  expect(stdout).toMatchInlineSnapshot(`
"Creating release... OK, RBBBBBBBBBB
Promoting RBBBBBBBBBB... 
2026-03-18T14:30:01Z one
OK
"
`);
  expect(requests.slice(0, 2)).toEqual([
    { operation: 'listReleases', app: 'shop', limit: 1 },
    { operation: 'createRelease', app: 'shop', build: 'BBBBBBBBBBB' },
  ]);
  expect(requests[2]).toMatchObject({ operation: 'promoteRelease', id: 'RBBBBBBBBBB' });
});

test('deploy --build takes the latest release if it is of that build', async () => {
  const { stdout, requests } = await runCli('deploy --build BBBBBBBBBBB', {
    rack: { ...promoting, listReleases: [aRelease()] },
  });

  expect(stdout).toContain('Using release RBBBBBBBBBB: the latest one is of build BBBBBBBBBBB\n');
  expect(requests[1]).toMatchObject({ operation: 'promoteRelease', id: 'RBBBBBBBBBB' });
});

test('deploy --build --id leaves only the release id on stdout', async () => {
  const { stdout } = await runCli('deploy --build BBBBBBBBBBB --id', {
    rack: { ...promoting, listReleases: [], createRelease: aRelease() },
  });

  expect(stdout).toBe('RBBBBBBBBBB');
});

test.each([
  [
    problem(404, { code: 'NotFound', detail: 'build not found: BBBBBBBBBBB' }),
    'ERROR: build not found: BBBBBBBBBBB\n  list the builds with `rackless builds`\n',
  ],
  [
    problem(409, {
      code: 'Conflict',
      detail: 'build BBBBBBBBBBB has failed: npm ci exited with 1',
    }),
    'ERROR: build BBBBBBBBBBB has failed: npm ci exited with 1\n',
  ],
])('deploy --build promotes nothing when the rack says no (%#)', async (refusal, said) => {
  const { stderr, exitCode, requests } = await runCli('deploy --build BBBBBBBBBBB', {
    rack: { listReleases: [old], createRelease: refusal },
  });

  expect([exitCode, stderr]).toEqual([1, said]);
  expect(requests).toHaveLength(2);
});

test.each([
  ['.', 'folder (.)'],
  ['--build-args A=1', '--build-args'],
  ['--description first', '--description'],
  ['--development', '--development'],
  ['--manifest other.yml', '--manifest'],
  ['--no-cache', '--no-cache'],
  ['--external', '--external'],
  ['--builder docker', '--builder'],
  ['--platform linux/amd64', '--platform'],
])('deploy --build with %s is a usage error', async (given, named) => {
  const { stderr, exitCode, requests } = await runCli(`deploy --build BBBBBBBBBBB ${given}`);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(`is there already: it takes no ${named}\n`);
  expect(requests).toEqual([]);
});

test('deploy --build without an id is a usage error', async () => {
  const { stderr, exitCode } = await runCli(['deploy', '--build', '']);

  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringContaining('--build needs the id of a build'),
  ]);
});

test('a failed build ends with its reason and is not promoted', async () => {
  const { stderr, exitCode, requests } = await runCli('deploy', {
    files,
    rack: { ...rack, getBuild: aBuild({ status: 'failed', reason: 'npm ci exited with 1' }) },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'npm ci exited with 1\nLog: rackless builds logs BBBBBBBBBBB -a shop\nERROR: build failed\n'
  );
  expect(requests.map(({ operation }) => operation)).not.toContain('promoteRelease');
});

test.each([
  ['deploy nowhere', files, 'no such folder: nowhere'],
  ['deploy convox.yml', files, 'no such folder: convox.yml'],
  ['deploy', {}, 'folder is empty: .'],
  ['deploy', { Dockerfile: '' }, 'no such file: convox.yml'],
  ['deploy -m other.yml', files, 'no such file: other.yml'],
])('%s in %j: %s', async (line, present, message) => {
  const { stderr, exitCode, requests } = await runCli(line, { files: present });

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`^ERROR: ${message}\n {2}.+\n$`));
  expect(requests).toEqual([]);
});

test.each([
  ['--build-args A', 'invalid build args:A'],
  ['--build-args =x --external', 'invalid build args:=x'],
  ['--manifest ../convox.yml', '--manifest: not in the folder that is built: ../convox.yml'],
  ['--manifest /etc/convox.yml', '--manifest: not in the folder that is built: /etc/convox.yml'],
])('build %s is a usage error before anything is packed', async (given, message) => {
  const { stdout, stderr, exitCode, requests } = await runCli(`build ${given}`, { files, rack });

  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(`ERROR: ${message}\n  `);
  expect(requests).toEqual([]);
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

  const { stdout } = await runCli('builds info BAAAAAAAAAA', { rack: { getBuild }, files });

  expect(stdout).toMatch(
    /Commit +f00\nBuilder +buildkit 0\.34\.2\nBase +docker\S+:24@sha256:a{64}\n/
  );
});

test('builds info marks what only a client says, and changes that are in no commit', async () => {
  const provenance = { builder: 'docker 28.2.2', bases: [], sbom: false, claimed: true };
  const getBuild = aBuild({ 'git-sha': 'f00', 'git-dirty': true, provenance });

  const { stdout } = await runCli('builds info BAAAAAAAAAA', { rack: { getBuild }, files });

  expect(stdout).toMatch(
    /Commit +f00, with changes that are in no commit\nBuilder +docker 28\.2\.2\nSBOM +none\nSaid by +the client/
  );
});

test('builds info tells what an imported build is a copy of, and that its archive says so', async () => {
  const provenance = { builder: 'buildkit 0.34.2', bases: [], sbom: false, claimed: true };
  const origin = { rack: 'atom', app: 'shop', build: 'BCCCCCCCCCC' };
  const infoOf = async (given: object) =>
    (await runCli('builds info BAAAAAAAAAA', { rack: { getBuild: aBuild(given) }, files })).stdout;

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
