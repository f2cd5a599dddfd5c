import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, type ConformanceBed, startConformanceBed } from './conformance-bed.ts';
import { aConfigMap } from './objects.ts';

let bed: ConformanceBed;
let maps: string;

beforeAll(async () => {
  bed = await startConformanceBed();
  maps = `/api/v1/namespaces/${await bed.namespace()}/configmaps`;
}, 60_000);

afterAll(() => bed.close(), 60_000);

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

test('a version that is too old is a 410 inside the watch', async () => {
  if (bed.embedded) {
    await bed.api.call('POST', maps, { body: aConfigMap('history') });
    await bed.api.call('PUT', '/_faults', { body: { expireHistory: true } });
  }

  const watching = await bed.api.watch(`${maps}?resourceVersion=1`);
  const { type, object } = await watching.next();
  watching.close();

  expect(type).toBe('ERROR');
  expect(object['code']).toBe(410);
  expect(object['reason']).toBe('Expired');
});

test('bookmarks move the version on when nothing happens', async () => {
  const version = await versionOf();
  const watching = await bed.api.watch(
    `${maps}?resourceVersion=${version}&allowWatchBookmarks=true&timeoutSeconds=80`
  );

  const { type, object } = await watching.next((event) => event.type === 'BOOKMARK');
  watching.close();

  expect(type).toBe('BOOKMARK');
  expect(Number(at(object, 'metadata', 'resourceVersion'))).toBeGreaterThanOrEqual(Number(version));
}, 90_000);

test('a watch ends after its timeoutSeconds', async () => {
  const watching = await bed.api.watch(
    `${maps}?resourceVersion=${await versionOf()}&timeoutSeconds=1`
  );

  await expect(watching.next()).rejects.toThrow('the watch ended');
});
