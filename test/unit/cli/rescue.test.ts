import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { writeKubeconfig } from '#infra/local/cluster/kubeconfig.ts';
import { type ClusterApi, startClusterApi } from '#infra/local/cluster/start-cluster-api.ts';
import { unreachable } from '#test/fakes/scripted-rack.ts';
import { runCli, type Setting } from '#test/run-cli.ts';
import { namespace, PromotionBed } from '../core/promotions/promotion-bed.ts';
import { runScriptedNode } from '../core/promotions/scripted-node.ts';
import { anApp, aSystem } from './records.ts';

let folder: string;
let kubeconfig: string;
let api: ClusterApi;
let stopNode: () => void;
let release: string;
let bed: PromotionBed;

/** An app with an active release in a real API server without a rack. */
beforeEach(async () => {
  bed = new PromotionBed();
  ({ release } = await bed.promote({ images: { web: 'good' }, env: 'A=1' }));
  bed.close();
  folder = mkdtempSync(join(tmpdir(), 'rackless-rescue-'));
  kubeconfig = join(folder, 'kubeconfig');
  const podLogs = { read: () => Promise.reject(new Error('not asked for')) } as never;
  const { store } = bed.cluster;
  api = await startClusterApi({ token: 'secret-token', store, podLogs });
  stopNode = runScriptedNode(store);
  writeKubeconfig(kubeconfig, { port: api.port, token: 'secret-token' });
});

afterEach(async () => {
  stopNode();
  await api.close();
  rmSync(folder, { recursive: true });
});

const rescue = (line: string, setting: Setting = {}) =>
  runCli(`rescue ${line}`, {
    env: {},
    ...setting,
  });

const remove = async (kind: string, name: string) => bed.cluster.remove(await bed.live(kind, name));

test('rescue --help', async () => {
  const { stdout } = await runCli('rescue --help');

  expect(stdout).toMatchInlineSnapshot(`
"Usage: rackless rescue [options] <app>

Puts the active release of an app back from the cluster's own copy, while the
rack is out of order. Talks to the cluster alone: what is missing is made again,
what was changed is put back, and processes that are as they should be are left
running.

Arguments:
  app                  name of the app

Options:
  --kubeconfig <file>  kubeconfig of the cluster (default: KUBECONFIG)
  --release <release>  only if this release is in the copy
  --dry-run            say what would be done, and do nothing
  --prune              remove what the copy does not have
  --scale              also put the number of processes back
  --timeout <seconds>  how long to wait for processes (default: 120)
  --force              although the rack answers and is at work on the app
  -r, --rack <name>    rack to talk to
  --json               print JSON
  -h, --help           display help for command

Example:
  $ rackless rescue example-app --kubeconfig ~/.kube/config --rack production --dry-run
"
`);
});

test('what is missing is made again, and said', async () => {
  await remove('Service', 'web');

  const { exitCode, stdout } = await rescue(`shop --kubeconfig ${kubeconfig}`);

  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Release  ${release}, active since 2026-01-01`);
  expect(stdout).toMatch(/Service\/web +made again/);
  expect(stdout).toMatch(/Deployment\/web +as it was/);
  expect(stdout).toMatch(/web +1\/1 +healthy/);
  expect(await bed.cluster.get('Service', namespace, 'web')).toBeDefined();
});

test('--dry-run changes nothing; --json is one document', async () => {
  await remove('Service', 'web');

  const { exitCode, stdout } = await rescue(`shop --kubeconfig ${kubeconfig} --dry-run --json`);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    rack: 'atom',
    app: 'shop',
    release,
    dryRun: true,
    objects: expect.arrayContaining([{ object: 'Service/web', action: 'created' }]),
  });
  expect(await bed.cluster.get('Service', namespace, 'web')).toBeUndefined();
});

test('processes that do not come back fail the command, and are named', async () => {
  stopNode();
  await remove('Deployment', 'web');
  for (const { metadata } of (await bed.cluster.list('Pod', namespace)).items) {
    api.store.remove('pods', namespace, metadata.name);
  }

  const { exitCode, stderr } = await rescue(`shop --kubeconfig ${kubeconfig} --timeout 3`);

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'the objects are back, but not all processes are: web: 0 of 1 processes'
  );
  expect(stderr).toContain(`kubectl --kubeconfig ${kubeconfig} --namespace atom-shop get pods`);
});

test('a kubeconfig that is not there, that is none, or that names no cluster', async () => {
  const none = await rescue('shop');
  const missing = await rescue('shop --kubeconfig nowhere');
  const broken = await rescue('shop --kubeconfig broken', { files: { broken: 'a: [' } });
  const empty = await rescue('shop --kubeconfig empty', { files: { empty: 'kind: Config' } });

  expect([none.exitCode, missing.exitCode, broken.exitCode, empty.exitCode]).toEqual([2, 1, 1, 1]);
  expect(none.stderr).toContain('no kubeconfig');
  expect(missing.stderr).toContain('nowhere: there is no such file');
  expect(broken.stderr).toContain('cannot read kubeconfig');
  expect(empty.stderr).toContain('has no current context with a cluster');
});

test('an app that the cluster does not have: those that are there are listed', async () => {
  const { exitCode, stderr } = await rescue(`shopp --kubeconfig ${kubeconfig}`);

  expect(exitCode).toBe(1);
  expect(stderr).toBe('ERROR: no app shopp in this cluster\n  there are: atom/shop\n');
});

test('a cluster that does not answer, and one that does not take the token', async () => {
  await api.close();
  const away = await rescue(`shop --kubeconfig ${kubeconfig}`);
  api = await startClusterApi({
    token: 'another',
    store: bed.cluster.store,
    podLogs: {} as never,
    port: api.port,
  });
  const refused = await rescue(`shop --kubeconfig ${kubeconfig}`);

  expect(away.stderr).toMatch(/does not answer: .*\n {2}check the address/);
  expect(refused.stderr).toContain('does not take the credentials of the kubeconfig');
});

test('a missing permission is named with its verb and resource', async () => {
  const message =
    'secrets is forbidden: User "eve" cannot get resource "secrets" in API group "" in the namespace "atom-shop"';
  const server = createServer((_, response) => {
    response.writeHead(403).end(JSON.stringify({ kind: 'Status', reason: 'Forbidden', message }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const file = join(folder, 'forbidden');
  writeKubeconfig(file, { port, token: 'any' });

  const { stderr } = await rescue(`shop --kubeconfig ${file} --rack atom`);
  server.close();

  expect(stderr).toContain('ERROR: eve may not get secrets in namespace atom-shop');
  expect(stderr).toContain('infra/cluster/roles.yml');
});

test('the copy of a newer version is refused', async () => {
  const secret = await bed.live('Secret', 'rackless-active');
  await bed.cluster.patch(
    secret,
    { data: { version: Buffer.from('7').toString('base64') } },
    { fieldManager: 'rackless' }
  );

  const { stderr } = await rescue(`shop --kubeconfig ${kubeconfig}`);

  expect(stderr).toContain('rackless-active has version 7');
  expect(stderr).toContain('use the version of rackless that wrote it, or a newer one');
});

test('a rack that answers and is at work on the app is left to it', async () => {
  const rack = { getSystem: aSystem({ name: 'atom' }), getApp: anApp({ status: 'updating' }) };
  const env = { RACK_URL: 'http://convox:token@rack.test' };

  const refused = await rescue(`shop --kubeconfig ${kubeconfig}`, { rack, env });
  const forced = await rescue(`shop --kubeconfig ${kubeconfig} --force`, { env });
  const silent = await rescue(`shop --kubeconfig ${kubeconfig}`, {
    rack: { getSystem: unreachable },
    env,
  });

  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('the rack answers, and is at work on shop: updating');
  expect([forced.exitCode, silent.exitCode]).toEqual([0, 0]);
});

test('a token of a program that the kubeconfig names', async () => {
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${api.port}` } }],
    users: [
      {
        name: 'u',
        user: { exec: { command: 'get-token', args: ['--now'], env: [{ name: 'P', value: 'x' }] } },
      },
    ],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  const files = { kubeconfig: stringify(config) };
  const asked: unknown[] = [];

  const good = await rescue('shop --kubeconfig kubeconfig', {
    files,
    run: async (program, args, { env, onLine }) => {
      asked.push(program, ...args, env['P']);
      onLine('a warning');
      onLine(JSON.stringify({ kind: 'ExecCredential', status: { token: 'secret-token' } }));
      return 0;
    },
  });
  const bad = await rescue('shop --kubeconfig kubeconfig', {
    files,
    run: async (_program, _args, { onLine }) => {
      onLine('the session has expired');
      return 255;
    },
  });

  expect(good.exitCode).toBe(0);
  expect(asked).toEqual(['get-token', '--now', 'x']);
  expect(bad.stderr).toBe(
    'ERROR: get-token of the kubeconfig gave no credentials\n  the session has expired\n'
  );
});

test('files that a kubeconfig refers to are read from beside it', async () => {
  const config = readFileSync(kubeconfig, 'utf8');
  const files = {
    'sub/token': 'secret-token\n',
    'sub/kubeconfig': config
      .replace('"token":"secret-token"', '"tokenFile":"token"')
      .replace('/secret-token', ''),
  };

  expect(files['sub/kubeconfig']).not.toContain('secret-token');
  expect((await rescue('shop --kubeconfig sub/kubeconfig', { files })).exitCode).toBe(0);
});
