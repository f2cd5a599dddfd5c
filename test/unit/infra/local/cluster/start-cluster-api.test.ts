import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { PodLogs } from '#infra/local/cluster/pod-logs.ts';
import { startClusterApi } from '#infra/local/cluster/start-cluster-api.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'rackless-api-'));
const token = 'the-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const podLogs: PodLogs = {
  async *read() {
    yield 'line\n';
  },
};

afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const start = async () => {
  const api = await startClusterApi({ stateDir, token, podLogs });
  return { ...api, url: `http://127.0.0.1:${api.port}` };
};

const maps = '/api/v1/namespaces/default/configmaps';

const post = (url: string, name: string) =>
  fetch(`${url}${maps}`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ metadata: { name }, data: { key: 'value' } }),
  });

const setFaults = (url: string, body: object) =>
  fetch(`${url}/_faults`, { method: 'PUT', headers, body: JSON.stringify(body) });

test('only who knows the token gets in, by header or by path', async () => {
  const { url, close } = await start();

  const answers = await Promise.all([
    fetch(`${url}/api/v1/pods`),
    fetch(`${url}/api/v1/pods`, { headers: { authorization: 'Bearer guess' } }),
    fetch(`${url}/api/v1/pods`, { headers }),
    fetch(`${url}/${token}/api/v1/pods`),
    fetch(`${url}/readyz`),
  ]);
  await close();

  expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 200, 200]);
});

test('objects survive a restart', async () => {
  const first = await start();
  await post(first.url, 'kept');
  await first.close();

  const second = await start();
  const answer = await fetch(`${second.url}${maps}/kept`, { headers });
  await second.close();

  expect(await answer.json()).toMatchObject({ data: { key: 'value' } });
});

test('kinds that nothing acts on come with a warning, the rest is a 501', async () => {
  const { url, close } = await start();
  const inert = await fetch(`${url}/apis/networking.k8s.io/v1/namespaces/default/ingresses`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ metadata: { name: 'web' } }),
  });
  const foreign = await fetch(`${url}/apis/example.com/v1/things`, { headers });
  const exec = await fetch(`${url}/api/v1/namespaces/default/pods/x/exec`, { headers });
  await close();

  expect(inert.status).toBe(201);
  expect(inert.headers.get('warning')).toContain('nothing acts on it');
  expect([foreign.status, exec.status]).toEqual([501, 501]);
  expect(await foreign.json()).toMatchObject({ message: expect.stringContaining('--kubeconfig') });
});

test('a fault strikes as often as it should, and only what it names', async () => {
  const { url, close } = await start();
  const faults = [{ method: 'POST', path: '/configmaps', status: 409, times: 2 }];
  await setFaults(url, { faults });

  const reads = await fetch(`${url}${maps}`, { headers });
  const codes = [];
  for (const name of ['f1', 'f2', 'f3']) {
    codes.push((await post(url, name)).status);
  }
  await close();

  expect(reads.status).toBe(200);
  expect(codes).toEqual([409, 409, 201]);
});

test('a fault can cut the connection, and bad switches are refused', async () => {
  const { url, close } = await start();
  await setFaults(url, { faults: [{ path: '/secrets', disconnect: true }] });

  await expect(fetch(`${url}/api/v1/secrets`, { headers })).rejects.toThrow('fetch failed');
  const refused = await setFaults(url, { faults: [{ delay: 5 }] });
  await close();

  expect(refused.status).toBe(400);
});

test('dropWatches ends the watches that are open', async () => {
  const { url, close } = await start();
  const watching = await fetch(`${url}${maps}?watch=true`, { headers });

  await setFaults(url, { dropWatches: true });
  await watching.text();
  await close();

  expect(watching.status).toBe(200);
});
