import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, type ConformanceBed, eventually, startConformanceBed } from './conformance-bed.ts';
import { aConfigMap } from './objects.ts';

let bed: ConformanceBed;
let maps: string;
/** The kind that a test has added to a cluster that others may use. */
let definition: string | undefined;

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

beforeAll(async () => {
  bed = await startConformanceBed();
  maps = `/api/v1/namespaces/${await bed.namespace()}/configmaps`;
}, 60_000);

afterAll(async () => {
  if (definition !== undefined) await bed.api.call('DELETE', definition);
  await bed.close();
}, 60_000);

const versionOf = async (): Promise<string> => {
  const { body } = await bed.api.call('GET', maps);
  return String(at(body, 'metadata', 'resourceVersion'));
};

test('a watch from a list sees every later change once and in order', async () => {
  const version = await versionOf();
  await bed.api.call('POST', maps, { body: aConfigMap('seen') });
  const watching = await bed.api.watch(
    `${maps}?resourceVersion=${version}&fieldSelector=metadata.name%3Dseen`
  );
  await bed.api.mergePatch(`${maps}/seen`, { data: { key: '2' } });
  const { body: last } = await bed.api.call('DELETE', `${maps}/seen`);

  const added = await watching.next();
  const modified = await watching.next();
  const deleted = await watching.next();
  watching.close();

  expect([added.type, modified.type, deleted.type]).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  expect(at(modified.object, 'data', 'key')).toBe('2');
  const versions = [added, modified, deleted].map(({ object }) =>
    Number(at(object, 'metadata', 'resourceVersion'))
  );
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(last['status']).toBe('Success');
});

test('a watch without a version starts with what is there', async () => {
  await bed.api.call('POST', maps, { body: aConfigMap('there') });

  const watching = await bed.api.watch(`${maps}?fieldSelector=metadata.name%3Dthere`);
  const { type, object } = await watching.next();
  watching.close();

  expect(type).toBe('ADDED');
  expect(at(object, 'metadata', 'name')).toBe('there');
});

test('an object that no longer fits the selector leaves the watch', async () => {
  const body = { ...aConfigMap('moving'), metadata: { name: 'moving', labels: { in: 'yes' } } };
  await bed.api.call('POST', maps, { body });
  const watching = await bed.api.watch(`${maps}?labelSelector=in%3Dyes`);
  await watching.next();

  await bed.api.mergePatch(`${maps}/moving`, { metadata: { labels: { in: 'no' } } });
  const { type } = await watching.next();
  watching.close();

  expect(type).toBe('DELETED');
});

/** The embedded cluster forgets on request; a real one knows nothing of a kind before it had it. */
const collectionWithoutPast = async (): Promise<string> => {
  if (bed.embedded) {
    await bed.api.call('POST', maps, { body: aConfigMap('history') });
    await bed.api.call('PUT', '/_faults', { body: { expireHistory: true } });
    return maps;
  }
  const group = `${randomBytes(4).toString('hex')}.rackless.dev`;
  const schema = { openAPIV3Schema: { type: 'object' } };
  const wanted = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
  await bed.api.call('POST', definitions, { body: wanted });
  definition = `${definitions}/things.${group}`;
  const things = `/apis/${group}/v1/things`;
  await eventually(
    () => bed.api.call('GET', things),
    ({ code }) => code === 200
  );
  return things;
};

test('a version that is too old is a 410 inside the watch', async () => {
  const collection = await collectionWithoutPast();

  const watching = await bed.api.watch(`${collection}?resourceVersion=1`);
  const { type, object } = await watching.next();
  watching.close();

  expect(type).toBe('ERROR');
  expect(object['code']).toBe(410);
  expect(object['reason']).toBe('Expired');
}, 60_000);

test('bookmarks move the version on past what the selector leaves out', async () => {
  const version = await versionOf();
  const watching = await bed.api.watch(
    `${maps}?resourceVersion=${version}&fieldSelector=metadata.name%3Dnone` +
      '&allowWatchBookmarks=true&timeoutSeconds=80'
  );
  const { body } = await bed.api.call('POST', maps, { body: aConfigMap('other') });
  const written = Number(at(body, 'metadata', 'resourceVersion'));

  const { type, object } = await watching.next();
  watching.close();

  expect(type).toBe('BOOKMARK');
  expect(Number(at(object, 'metadata', 'resourceVersion'))).toBeGreaterThanOrEqual(written);
}, 90_000);

test('a watch ends after its timeoutSeconds', async () => {
  const watching = await bed.api.watch(
    `${maps}?resourceVersion=${await versionOf()}&timeoutSeconds=1`
  );

  await expect(watching.next()).rejects.toThrow('the watch ended');
});
