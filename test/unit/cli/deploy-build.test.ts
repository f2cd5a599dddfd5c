import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { aRelease } from './records.ts';
import { promoting } from './scripts.ts';

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
