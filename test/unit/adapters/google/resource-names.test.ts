import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  accountEmail,
  accountId,
  imagePath,
  repositoryId,
} from '#adapters/google/resource-names.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,28}[a-z0-9]$/);

test('names what people look for after the rack and the app', () => {
  expect(repositoryId('prod', 'shop', 'images')).toBe('prod-shop');
  expect(repositoryId('prod', 'shop', 'cache')).toBe('prod-shop-cache');
  expect(accountId('prod', 'shop', 'push')).toBe('prod-shop-push');
  expect(accountId('prod', 'shop', 'build')).toBe('prod-shop-build');
});

test('cuts a long account id and tells it apart by eight digits', () => {
  const ids = ['one', 'two'].map((it) =>
    accountId('prod', `an-app-with-a-long-name-${it}`, 'push')
  );

  expect(ids).toEqual([
    expect.stringMatching(/^prod-an-app-with-[0-9a-f]{8}-push$/),
    expect.stringMatching(/^prod-an-app-with-[0-9a-f]{8}-push$/),
  ]);
  expect(ids[0]).not.toBe(ids[1]);
});

test('account ids are ones that Google takes, and no two of a rack are the same', () => {
  fc.assert(
    fc.property(name, name, name, (rack, one, two) => {
      const ids = [one, two].flatMap((app) => [
        accountId(rack, app, 'push'),
        accountId(rack, app, 'build'),
      ]);
      for (const id of ids) expect(id).toMatch(/^(?=.{6,30}$)[a-z]([-a-z0-9]*[a-z0-9])$/);
      expect(new Set(ids).size).toBe(one === two ? 2 : 4);
    })
  );
});

test('repository ids are ones that Google takes, and no two of a rack are the same', () => {
  const app = fc.oneof(
    name,
    name.map((it) => `${it.slice(0, 20)}-cache`)
  );
  fc.assert(
    fc.property(name, app, app, (rack, one, two) => {
      const ids = [one, two].flatMap((it) => [
        repositoryId(rack, it, 'images'),
        repositoryId(rack, it, 'cache'),
      ]);
      for (const id of ids) expect(id).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])$/);
      expect(new Set(ids).size).toBe(one === two ? 2 : 4);
    })
  );
});

test('an app called like the cache of another one gets no such repository', () => {
  expect(repositoryId('prod', 'shop-cache', 'images')).toMatch(/^prod-shop-cache-[0-9a-f]{8}$/);
});

test('writes a project of a domain as Docker and addresses want it', () => {
  const settings = { rack: 'prod', project: 'example.com:images', location: 'us' };

  expect(imagePath(settings, 'shop', 'images')).toBe('example.com/images/prod-shop/shop');
  expect(accountEmail('example.com:images', 'prod-shop-push')).toBe(
    'prod-shop-push@images.example.com.iam.gserviceaccount.com'
  );
  expect(accountEmail('images', 'prod-shop-push')).toBe(
    'prod-shop-push@images.iam.gserviceaccount.com'
  );
});
