import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { anApp, aRelease } from './records.ts';

test('releases pin --help', async () => {
  const { stdout } = await runCli('releases pin --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases pin [options] <release>

Keeps a release with its images and environment, however old it gets. Without a
pin a release expires when it is neither one of the newest nor one of those that
were active last.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases pin RABCDEFGHIJ --app example-app
"
`);
});

test('releases unpin --help', async () => {
  const { stdout } = await runCli('releases unpin --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless releases unpin [options] <release>

Takes the pin away: the release expires when its time has come.

Arguments:
  release            id of the release

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless releases unpin RABCDEFGHIJ --app example-app
"
`);
});

test('releases pin and unpin say what they do', async () => {
  const kept = aRelease({ pinned: true });
  const rack = {
    pinRelease: kept,
    unpinRelease: aRelease(),
  };

  const pinned = await runCli('releases pin RBBBBBBBBBB --app shop', { rack });
  const unpinned = await runCli('releases unpin RBBBBBBBBBB --app shop', { rack });
  const json = await runCli('releases pin RBBBBBBBBBB --app shop --json', { rack });

  expect([pinned.exitCode, pinned.screen]).toEqual([0, 'Pinning RBBBBBBBBBB... OK\n']);
  expect([unpinned.exitCode, unpinned.screen]).toEqual([0, 'Unpinning RBBBBBBBBBB... OK\n']);
  expect(JSON.parse(json.stdout)).toEqual(kept);
});

test('releases pin of one that is gone says so', async () => {
  const rack = {
    pinRelease: problem(409, { code: 'Expired', detail: 'release has expired: RBBBBBBBBBB' }),
  };

  const { exitCode, stderr } = await runCli('releases pin RBBBBBBBBBB --app shop', { rack });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERROR: release has expired: RBBBBBBBBBB');
});

test('releases shows which are pinned and which have expired', async () => {
  const rack = {
    getApp: anApp({ release: 'RDDDDDDDDDD' }),
    listReleases: [
      aRelease({ id: 'RDDDDDDDDDD', pinned: true }),
      aRelease({ id: 'RCCCCCCCCCC', expired: '2026-03-17T14:30:00Z' }),
    ],
  };

  const { stdout } = await runCli('releases --app shop', { rack });

  expect(stdout).toMatch(/RDDDDDDDDDD\s+active, pinned\s/);
  expect(stdout).toMatch(/RCCCCCCCCCC\s+expired\s/);
});

test('an expired release still shows when it expired, and has no manifest any more', async () => {
  const expired = '2026-03-17T14:30:00Z';
  const gone = aRelease({ id: 'RCCCCCCCCCC', expired, manifest: '' });
  const rack = { getRelease: gone };

  const info = await runCli('releases info RCCCCCCCCCC --app shop', { rack });
  const manifest = await runCli('releases manifest RCCCCCCCCCC --app shop', { rack });

  expect(info.stdout).toContain('2026-03-17T14:30:00Z');
  expect(manifest.exitCode).toBe(1);
  expect(manifest.stderr).toContain('ERROR: release has expired: RCCCCCCCCCC');
});
