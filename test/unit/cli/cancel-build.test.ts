import { expect, test } from '@jest/globals';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';
import { aBuild } from './records.ts';

test('builds cancel --help', async () => {
  const { stdout } = await runCli('builds cancel --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless builds cancel [options] <build>

Ends a build that has not ended yet, in the rack or on the machine of whoever
began it: it makes no release, and its push credentials are taken back.

Arguments:
  build              id of the build

Options:
  -a, --app <name>   app, if not the one of this folder
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless builds cancel BABCDEFGHIJ --app example-app
"
`);
});

test('cancels a build', async () => {
  const cancelBuild = aBuild({ status: 'failed', reason: 'cancelled by ada' });

  const { exitCode, stdout, requests } = await runCli('builds cancel BABCDEFGHIJ -a shop', {
    rack: { cancelBuild },
  });

  expect([exitCode, stdout]).toEqual([0, 'Cancelling BABCDEFGHIJ... OK\n']);
  expect(requests).toEqual([{ operation: 'cancelBuild', app: 'shop', id: 'BABCDEFGHIJ' }]);
});

test('needs to know which one', async () => {
  const { exitCode, stderr } = await runCli('builds cancel');

  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('build')]);
});

test('says why one can not be cancelled', async () => {
  const cancelBuild = problem(409, {
    code: 'Conflict',
    detail: 'build BABCDEFGHIJ is complete already: it made release RABCDEFGHIJ',
  });

  const { exitCode, stderr } = await runCli('builds cancel BABCDEFGHIJ', { rack: { cancelBuild } });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is complete already')]);
});
