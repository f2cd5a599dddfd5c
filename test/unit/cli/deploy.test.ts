import { expect, test } from '@jest/globals';
import { runCli } from '#test/run-cli.ts';
import { aBuild } from './records.ts';
import { building, files, promoting } from './scripts.ts';

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
    url: building.storeSource.object,
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
