import { expect, test } from '@jest/globals';
import type { AdoptableApp, Adoption } from '#contracts/adoptions.ts';
import { problem } from '#test/fakes/scripted-rack.ts';
import { runCli } from '#test/run-cli.ts';

const release = 'RAAAAACXXXX';
const active = '2026-03-18T14:00:00.000Z';

const anAdoption = (over: Partial<Adoption> = {}): Adoption => ({
  app: 'shop',
  release,
  build: 'BAAAAABXXXX',
  active,
  adopted: true,
  lost: ['the logs of builds'],
  differing: [],
  ...over,
});

const found: AdoptableApp[] = [
  { app: 'blog', state: 'lost', release: '', active: '', reason: 'there is no Secret' },
  { app: 'mail', state: 'known', release: '', active: '', reason: '' },
  { app: 'shop', state: 'adoptable', release, active, reason: '' },
];

test('apps adopt --help', async () => {
  const { stdout } = await runCli('apps adopt --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless apps adopt [options] [name]

Makes an app known to the rack again from the copy that the cluster keeps of its
active release. Without a name it lists the apps that are in the cluster.

Arguments:
  name               name of the app

Options:
  --all              every app that the rack has lost
  -r, --rack <name>  rack to talk to
  --json             print JSON
  -h, --help         display help for command

Example:
  $ rackless apps adopt example-app
"
`);
});

test('an adopted app comes with what is lost and what to do next', async () => {
  const { stdout, requests } = await runCli('apps adopt shop', {
    rack: { adoptApp: anAdoption({ differing: ['Deployment/web'] }) },
  });

  expect(requests).toEqual([expect.objectContaining({ operation: 'adoptApp', name: 'shop' })]);
  expect(stdout).toContain(`Adopted shop: ${release} is active`);
  expect(stdout).toContain('  the logs of builds\n');
  expect(stdout).toContain(`rackless releases promote ${release} -a shop`);
});

test('without a name it lists the apps of the cluster', async () => {
  const { stdout } = await runCli('apps adopt', { rack: { listAdoptableApps: found } });

  expect(stdout).toMatch(/blog +no copy/);
  expect(stdout).toMatch(/mail +known to the rack/);
  expect(stdout).toMatch(new RegExp(`shop +can be adopted +${release}`));
});

test('--all adopts those that can be', async () => {
  const { stdout, requests } = await runCli('apps adopt --all --json', {
    rack: { listAdoptableApps: found, adoptApp: anAdoption() },
  });

  expect(requests.map((it) => it['name'])).toEqual([undefined, 'shop']);
  expect(JSON.parse(stdout)).toEqual([anAdoption()]);
});

test('a name with --all is a mistake, and the rack refuses an app that it has', async () => {
  const both = await runCli('apps adopt shop --all');
  const taken = await runCli('apps adopt shop', {
    rack: {
      adoptApp: problem(409, { code: 'Conflict', detail: 'app already exists: shop', hint: 'so' }),
    },
  });

  expect(both.exitCode).toBe(2);
  expect(taken.stderr).toBe('ERROR: app already exists: shop\n  so\n');
});
