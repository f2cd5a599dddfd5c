import { expect, test } from '@jest/globals';
import type { Grant } from '#contracts/grants.ts';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';

const aGrant: Grant = {
  id: 'GABCDEFGHIJ',
  app: 'shop',
  build: 'BABCDEFGHIJ',
  actor: 'ada',
  repository: 'registry.test/atom/shop',
  created: '2026-03-18T14:28:00Z',
  expires: '2026-03-18T14:43:00Z',
  status: 'active',
  static: false,
};

test('grants --help', async () => {
  const { stdout } = await runCli('grants --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless grants [options] [command]

Lists the push credentials of an app, the newest first: who got one, for which
build, until when. Secrets are never shown: the rack does not keep them.

Options:
  -a, --app <name>     app, if not the one of this folder
  -l, --limit <count>  how many to list
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Commands:
  revoke               take a grant back

Example:
  $ rackless grants --app example-app
"
`);
});

test('lists who may push what until when', async () => {
  const { exitCode, stdout } = await runCli('grants', { rack: { listGrants: [aGrant] } });

  expect([exitCode, stdout]).toEqual([
    0,
    'ID           STATUS  BUILD        ACTOR  CREATED        EXPIRES               REPOSITORY\n' +
      'GABCDEFGHIJ  active  BABCDEFGHIJ  ada    2 minutes ago  2026-03-18T14:43:00Z  registry.test/atom/shop\n',
  ]);
});

test('takes one back', async () => {
  const revokeGrant = { ...aGrant, status: 'revoked' };

  const { exitCode, stdout, requests } = await runCli('grants revoke GABCDEFGHIJ -a shop', {
    rack: { revokeGrant },
  });

  expect([exitCode, stdout]).toEqual([0, 'Revoking GABCDEFGHIJ... OK\n']);
  expect(requests).toEqual([{ operation: 'revokeGrant', app: 'shop', id: 'GABCDEFGHIJ' }]);
});

test('says why one can not be taken back', async () => {
  const revokeGrant = problem(409, {
    code: 'Conflict',
    detail: 'grant GABCDEFGHIJ is expired already',
  });

  const { exitCode, stderr } = await runCli('grants revoke GABCDEFGHIJ', { rack: { revokeGrant } });

  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is expired already')]);
});

test('says plainly what a static grant is', async () => {
  const rack = {
    listGrants: [{ ...aGrant, static: true }],
    revokeGrant: { ...aGrant, static: true },
  };

  const list = await runCli('grants -a shop', { rack });
  const revoke = await runCli('grants revoke GABCDEFGHIJ -a shop', { rack });

  expect(list.stdout).toContain('active (static)');
  for (const { stderr } of [list, revoke]) {
    expect(stderr).toContain('not narrowed to a repository, and not revocable');
  }
});
