import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, type ConformanceBed, startConformanceBed } from './conformance-bed.ts';
import { aConfigMap, aDeployment } from './objects.ts';
import type { Document } from './raw-client.ts';

let bed: ConformanceBed;
let maps: string;
let deployments: string;

beforeAll(async () => {
  bed = await startConformanceBed();
  const namespace = await bed.namespace();
  maps = `/api/v1/namespaces/${namespace}/configmaps`;
  deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
}, 60_000);

afterAll(() => bed.close(), 60_000);

const applyMap = (name: string, data: Document, manager = 'one') =>
  bed.api.apply(`${maps}/${name}`, aConfigMap(name, data), { manager });

const managers = (body: Document): unknown[] =>
  (at(body, 'metadata', 'managedFields') as Document[] | undefined)?.map(
    ({ manager, operation }) => `${manager} ${operation}`
  ) ?? [];

const fieldsOf = (body: Document, manager: string): unknown =>
  (at(body, 'metadata', 'managedFields') as Document[]).find(
    (each) => each['manager'] === manager
  )?.['fieldsV1'];

test('an apply creates what is missing and owns what it states', async () => {
  const { code, body } = await applyMap('new', { a: '1' });

  expect(code).toBe(201);
  expect(managers(body)).toEqual(['one Apply']);
  expect(fieldsOf(body, 'one')).toEqual({ 'f:data': { 'f:a': {} } });
});

test('a repeated apply changes nothing, not even the version', async () => {
  const { body: first } = await applyMap('repeated', { a: '1' });

  const { code, body } = await applyMap('repeated', { a: '1' });

  expect(code).toBe(200);
  expect(at(body, 'metadata', 'resourceVersion')).toBe(at(first, 'metadata', 'resourceVersion'));
});

test('a field that is no longer applied goes; the field of another manager stays', async () => {
  await applyMap('left', { mine: '1', gone: '2' });
  await applyMap('left', { theirs: '3' }, 'two');

  const { body } = await applyMap('left', { mine: '1' });

  expect(body['data']).toEqual({ mine: '1', theirs: '3' });
});

test('another value for an owned field is a 409 that names the manager and the field', async () => {
  await applyMap('contested', { key: '1' });

  const { code, body } = await applyMap('contested', { key: '2' }, 'two');

  expect(code).toBe(409);
  expect(body['reason']).toBe('Conflict');
  expect(at(body, 'details', 'causes', 0)).toEqual({
    reason: 'FieldManagerConflict',
    message: 'conflict with "one"',
    field: '.data.key',
  });
  expect(body['message']).toBe('Apply failed with 1 conflict: conflict with "one": .data.key');
});

test('force takes the field over', async () => {
  await applyMap('forced', { key: '1', other: '1' });

  const { body } = await bed.api.apply(`${maps}/forced`, aConfigMap('forced', { key: '2' }), {
    manager: 'two',
    force: true,
  });

  expect(body['data']).toEqual({ key: '2', other: '1' });
  expect(fieldsOf(body, 'one')).toEqual({ 'f:data': { 'f:other': {} } });
});

test('the same value is owned together and stays until both let go', async () => {
  await applyMap('shared', { key: '1' });
  await applyMap('shared', { key: '1' }, 'two');

  const { body: kept } = await applyMap('shared', { filler: 'x' });
  const { body: dropped } = await applyMap('shared', {}, 'two');

  expect(at(kept, 'data', 'key')).toBe('1');
  expect(at(dropped, 'data', 'key')).toBeUndefined();
});

test('a POST owns what it sent and what the server filled in', async () => {
  const body = aDeployment('posted', { image: bed.image });
  const { body: created } = await bed.api.call('POST', `${deployments}?fieldManager=poster`, {
    body,
  });

  const conflict = await bed.api.apply(
    `${deployments}/posted`,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'posted' },
      spec: { replicas: 3 },
    },
    { manager: 'scaler' }
  );

  expect(managers(created)).toContain('poster Update');
  expect(at(fieldsOf(created, 'poster'), 'f:spec', 'f:replicas')).toEqual({});
  expect(conflict.code).toBe(409);
  expect(conflict.body['message']).toContain(
    'conflict with "poster" using apps/v1: .spec.replicas'
  );
});

test('an apply without replicas leaves them to the manager that has them', async () => {
  const base = aDeployment('scaled', { image: bed.image });
  const count = (replicas: number) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'scaled' },
    spec: { replicas },
  });
  await bed.api.apply(`${deployments}/scaled`, base, { manager: 'main' });
  await bed.api.apply(`${deployments}/scaled`, count(0), { manager: 'scale', force: true });

  const { body } = await bed.api.apply(
    `${deployments}/scaled`,
    aDeployment('scaled', { image: bed.image, env: [{ name: 'A', value: '1' }] }),
    { manager: 'main' }
  );

  expect(at(body, 'spec', 'replicas')).toBe(0);
  expect(at(fieldsOf(body, 'scale'), 'f:spec', 'f:replicas')).toEqual({});
});

test('items of keyed lists have owners of their own', async () => {
  const path = `${deployments}/listed`;
  const env = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ];
  await bed.api.apply(path, aDeployment('listed', { image: bed.image, replicas: 0, env }), {
    manager: 'main',
  });
  const mine = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'listed' },
    spec: {
      template: { spec: { containers: [{ name: 'main', env: [{ name: 'C', value: '3' }] }] } },
    },
  };
  await bed.api.apply(path, mine, { manager: 'other' });

  const { body } = await bed.api.apply(
    path,
    aDeployment('listed', { image: bed.image, replicas: 0, env: [{ name: 'A', value: '1' }] }),
    { manager: 'main' }
  );

  expect(at(body, 'spec', 'template', 'spec', 'containers', 0, 'env')).toEqual([
    { name: 'A', value: '1' },
    { name: 'C', value: '3' },
  ]);
});

test('the scale subresource gives replicas to its manager', async () => {
  const path = `${deployments}/resized`;
  await bed.api.apply(path, aDeployment('resized', { image: bed.image, replicas: 0 }), {
    manager: 'main',
  });

  const scaled = await bed.api.mergePatch(`${path}/scale`, { spec: { replicas: 1 } }, 'hpa');
  const back = await bed.api.apply(
    path,
    aDeployment('resized', { image: bed.image, replicas: 0 }),
    {
      manager: 'main',
    }
  );

  expect(at(scaled.body, 'kind')).toBe('Scale');
  expect(back.code).toBe(409);
  expect(back.body['message']).toContain('"hpa" with subresource "scale"');
});

const applied = (name: string, metadata: Document) => ({
  ...aConfigMap(name, { key: 'stale' }),
  metadata: { name, ...metadata },
});

test('a stale resourceVersion in an apply is a 409, even with force', async () => {
  const { body: first } = await applyMap('fenced', { key: '1' });
  const { uid, resourceVersion } = first['metadata'] as Document;
  await applyMap('fenced', { key: '2' });

  const { code } = await bed.api.apply(
    `${maps}/fenced`,
    applied('fenced', { uid, resourceVersion }),
    { manager: 'one', force: true }
  );
  const { body: stored } = await bed.api.call('GET', `${maps}/fenced`);

  expect(code).toBe(409);
  expect(at(stored, 'data', 'key')).toBe('2');
});

test('an apply with the uid of a deleted object does not bring it back', async () => {
  const { body: first } = await applyMap('deleted', { key: '1' });
  const { uid, resourceVersion } = first['metadata'] as Document;
  await bed.api.call('DELETE', `${maps}/deleted`);

  const { code, body } = await bed.api.apply(
    `${maps}/deleted`,
    applied('deleted', { uid, resourceVersion }),
    { manager: 'one', force: true }
  );
  const { code: afterwards } = await bed.api.call('GET', `${maps}/deleted`);

  expect(code).toBe(409);
  expect(body['message']).toContain('uid mismatch');
  expect(afterwards).toBe(404);
});

test('an apply with another uid never reaches the object of the same name', async () => {
  const { body: first } = await applyMap('again', { key: '1' });
  await bed.api.call('DELETE', `${maps}/again`);
  await applyMap('again', { key: '2' });

  const { code } = await bed.api.apply(
    `${maps}/again`,
    applied('again', { uid: at(first, 'metadata', 'uid') }),
    { manager: 'one', force: true }
  );
  const { body: stored } = await bed.api.call('GET', `${maps}/again`);

  expect([409, 422]).toContain(code);
  expect(at(stored, 'data', 'key')).toBe('2');
});

test.each([
  ['an empty list', []],
  ['a list of one empty entry', [{}]],
])('managedFields that are %s clear the owners', async (_what, managedFields) => {
  await applyMap('cleared', { key: '1' });

  const { body } = await bed.api.mergePatch(`${maps}/cleared`, { metadata: { managedFields } });

  expect(managers(body)).toEqual([]);
});

test('a PUT without managedFields keeps the owners', async () => {
  const { body: live } = await applyMap('kept', { key: '1' });
  const { managedFields: _, ...metadata } = live['metadata'] as Document;

  const { body } = await bed.api.call('PUT', `${maps}/kept?fieldManager=two`, {
    body: { ...live, metadata },
  });

  expect(managers(body)).toEqual(['one Apply']);
});

test('an apply without a field manager is refused', async () => {
  const { code } = await bed.api.call('PATCH', `${maps}/unnamed`, {
    body: aConfigMap('unnamed'),
    type: 'application/apply-patch+yaml',
  });

  expect([400, 422]).toContain(code);
});
