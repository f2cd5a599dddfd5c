import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CoreV1Api } from '@kubernetes/client-node';
import { at, type ConformanceBed, eventually, startConformanceBed } from './conformance-bed.ts';
import { aConfigMap } from './objects.ts';

let bed: ConformanceBed;
let maps: string;
let namespace: string;

beforeAll(async () => {
  bed = await startConformanceBed();
  namespace = await bed.namespace();
  maps = `/api/v1/namespaces/${namespace}/configmaps`;
}, 60_000);

afterAll(() => bed.close(), 60_000);

const post = (name: string, data?: Record<string, unknown>) =>
  bed.api.call('POST', maps, { body: aConfigMap(name, data) });

test('a created object has a uid, a version and a creation time', async () => {
  const { code, body } = await post('created');

  expect(code).toBe(201);
  expect(at(body, 'metadata', 'uid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(at(body, 'metadata', 'resourceVersion')).toMatch(/^\d+$/);
  expect(at(body, 'metadata', 'creationTimestamp')).toMatch(/^\d{4}-.*T\d\d:\d\d:\d\dZ$/);
});

test('the typed client reads and lists what was created', async () => {
  await post('typed');
  const client = bed.config.makeApiClient(CoreV1Api);

  const map = await client.readNamespacedConfigMap({ name: 'typed', namespace });
  const list = await client.listNamespacedConfigMap({
    namespace,
    fieldSelector: 'metadata.name=typed',
  });

  expect(map.data).toEqual({ key: 'value' });
  expect(list.items.map(({ metadata }) => metadata?.name)).toEqual(['typed']);
});

test('creating a name twice is a 409 AlreadyExists', async () => {
  await post('twice');

  const { code, body } = await post('twice');

  expect(code).toBe(409);
  expect(body['reason']).toBe('AlreadyExists');
});

test('an update with an old resourceVersion is a 409 and changes nothing', async () => {
  const { body: first } = await post('stale');
  await bed.api.mergePatch(`${maps}/stale`, { data: { key: 'newer' } });

  const { code, body } = await bed.api.call('PUT', `${maps}/stale`, {
    body: { ...first, data: { key: 'older' } },
  });
  const { body: stored } = await bed.api.call('GET', `${maps}/stale`);

  expect(code).toBe(409);
  expect(body['reason']).toBe('Conflict');
  expect(stored['data']).toEqual({ key: 'newer' });
});

test('a write that changes nothing keeps the resourceVersion', async () => {
  const { body: first } = await post('same');

  const { body: again } = await bed.api.mergePatch(`${maps}/same`, { data: { key: 'value' } });

  expect(at(again, 'metadata', 'resourceVersion')).toBe(at(first, 'metadata', 'resourceVersion'));
});

test('a merge patch sets, keeps and removes fields', async () => {
  await post('patched', { keep: '1', drop: '2' });

  const { body } = await bed.api.mergePatch(`${maps}/patched`, { data: { drop: null, add: '3' } });

  expect(body['data']).toEqual({ keep: '1', add: '3' });
});

test('a JSON patch applies, and a failing test in it is a 422', async () => {
  await post('json', { key: '1' });
  const type = 'application/json-patch+json';
  const replace = { op: 'replace', path: '/data/key', value: '2' };

  const done = await bed.api.call('PATCH', `${maps}/json`, { body: [replace], type });
  const refused = await bed.api.call('PATCH', `${maps}/json`, {
    body: [{ op: 'test', path: '/data/key', value: '1' }, replace],
    type,
  });

  expect(done.body['data']).toEqual({ key: '2' });
  expect(refused.code).toBe(422);
});

test('lists select by label and go on page by page', async () => {
  for (const name of ['page-1', 'page-2', 'page-3']) {
    const body = { ...aConfigMap(name), metadata: { name, labels: { paged: 'yes' } } };
    await bed.api.call('POST', maps, { body });
  }

  const first = await bed.api.call('GET', `${maps}?labelSelector=paged%3Dyes&limit=2`);
  const token = encodeURIComponent(String(at(first.body, 'metadata', 'continue')));
  const second = await bed.api.call(
    'GET',
    `${maps}?labelSelector=paged%3Dyes&limit=2&continue=${token}`
  );
  const none = await bed.api.call('GET', `${maps}?labelSelector=paged%21%3Dyes,paged`);

  expect(first.body['items']).toHaveLength(2);
  expect(second.body['items']).toHaveLength(1);
  expect(none.body['items']).toHaveLength(0);
});

test('an immutable Secret refuses new data with a 422', async () => {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'fixed' },
    immutable: true,
    stringData: { key: 'value' },
  };
  const created = await bed.api.call('POST', secrets, { body });

  const refused = await bed.api.mergePatch(`${secrets}/fixed`, { stringData: { key: 'other' } });
  const labelled = await bed.api.mergePatch(`${secrets}/fixed`, {
    metadata: { labels: { fence: '2' } },
  });

  expect(at(created.body, 'data', 'key')).toBe(Buffer.from('value').toString('base64'));
  expect(refused.code).toBe(422);
  expect(refused.body['reason']).toBe('Invalid');
  expect(labelled.code).toBe(200);
});

test('bad names and unknown fields are refused', async () => {
  const named = await post('Not_A_Name');
  const strict = await bed.api.call('POST', `${maps}?fieldValidation=Strict`, {
    body: { ...aConfigMap('strict'), colour: 'red' },
  });

  expect(named.code).toBe(422);
  expect(strict.code).toBe(400);
  expect(String(strict.body['message'])).toContain('unknown field "colour"');
});

test('a dry run stores nothing', async () => {
  const { code } = await bed.api.call('POST', `${maps}?dryRun=All`, { body: aConfigMap('dry') });
  const { code: afterwards } = await bed.api.call('GET', `${maps}/dry`);

  expect(code).toBe(201);
  expect(afterwards).toBe(404);
});

test('a deletion with preconditions that do not hold is a 409', async () => {
  const { body: first } = await post('guarded');
  const wrong = '00000000-0000-0000-0000-000000000000';

  const byUid = await bed.api.call('DELETE', `${maps}/guarded`, {
    body: { preconditions: { uid: wrong } },
  });
  const byVersion = await bed.api.call('DELETE', `${maps}/guarded`, {
    body: { preconditions: { resourceVersion: '1' } },
  });
  const right = await bed.api.call('DELETE', `${maps}/guarded`, {
    body: { preconditions: { uid: at(first, 'metadata', 'uid') } },
  });

  expect(byUid.code).toBe(409);
  expect(byVersion.code).toBe(409);
  expect(right.code).toBe(200);
});

test('a finalizer keeps a deleted object until it is taken off', async () => {
  const body = {
    ...aConfigMap('held'),
    metadata: { name: 'held', finalizers: ['rackless.dev/test'] },
  };
  await bed.api.call('POST', maps, { body });

  await bed.api.call('DELETE', `${maps}/held`);
  const held = await bed.api.call('GET', `${maps}/held`);
  await bed.api.mergePatch(`${maps}/held`, { metadata: { finalizers: null } });
  const gone = await bed.api.call('GET', `${maps}/held`);

  expect(at(held.body, 'metadata', 'deletionTimestamp')).toBeDefined();
  expect(gone.code).toBe(404);
});

test('objects go with their owner', async () => {
  const { body: owner } = await post('owner');
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'owner',
    uid: at(owner, 'metadata', 'uid'),
  };
  const body = {
    ...aConfigMap('owned'),
    metadata: { name: 'owned', ownerReferences: [reference] },
  };
  await bed.api.call('POST', maps, { body });

  await bed.api.call('DELETE', `${maps}/owner`);
  const { code } = await eventually(
    () => bed.api.call('GET', `${maps}/owned`),
    (reply) => reply.code === 404
  );

  expect(code).toBe(404);
}, 60_000);

test('writes to a namespace that is not there are a 404', async () => {
  const { code } = await bed.api.call('POST', '/api/v1/namespaces/nowhere-at-all/configmaps', {
    body: aConfigMap('lost'),
  });

  expect(code).toBe(404);
});

test('a deleted namespace takes what is in it along', async () => {
  const name = await bed.namespace();
  const path = `/api/v1/namespaces/${name}`;
  const held = {
    ...aConfigMap('held'),
    metadata: { name: 'held', finalizers: ['rackless.dev/test'] },
  };
  await bed.api.call('POST', `${path}/configmaps`, { body: held });
  await bed.api.call('POST', `${path}/configmaps`, { body: aConfigMap('free') });

  await bed.api.call('DELETE', path);
  const terminating = await bed.api.call('GET', path);
  const refused = await bed.api.call('POST', `${path}/configmaps`, { body: aConfigMap('late') });
  await bed.api.mergePatch(`${path}/configmaps/held`, { metadata: { finalizers: null } });
  const { code } = await eventually(
    () => bed.api.call('GET', path),
    (reply) => reply.code === 404
  );

  expect(at(terminating.body, 'status', 'phase')).toBe('Terminating');
  expect(refused.code).toBe(403);
  expect(code).toBe(404);
}, 60_000);
