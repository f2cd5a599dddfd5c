import { expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Endpoint } from '#contracts/endpoint.ts';
import { findRoute, route } from '#functions/runtime/route.ts';

const anEndpoint = (method: Endpoint['method'], path: Endpoint['path']): Endpoint => ({
  method,
  path,
  group: 'api',
  permission: 'app:read',
  input: z.object({}),
  response: z.string(),
});

const routes = [
  anEndpoint('GET', '/apps'),
  anEndpoint('GET', '/apps/{name}'),
  anEndpoint('POST', '/apps/{app}/objects/{key+}'),
].map((endpoint) => route(endpoint, async () => ''));

const match = (method: string, path: string) => {
  const found = findRoute(routes, method, path);
  return found && [found.route.endpoint.path, found.params];
};

test('finds a route by method and path', () => {
  expect(match('GET', '/apps')).toEqual(['/apps', {}]);
  expect(match('GET', '/apps/shop')).toEqual(['/apps/{name}', { name: 'shop' }]);
  expect(match('PUT', '/apps/shop')).toBeUndefined();
  expect(match('GET', '/apps/shop/more')).toBeUndefined();
  expect(match('GET', 'x/apps/shop')).toBeUndefined();
});

test('gives the rest of a path as one parameter', () => {
  const path = '/apps/shop/objects/tmp/a/b.tgz';

  expect(match('POST', path)?.[1]).toEqual({ app: 'shop', key: 'tmp/a/b.tgz' });
  expect(match('POST', `${path}?`)?.[1]).toEqual({ app: 'shop', key: 'tmp/a/b.tgz' });
  expect(match('POST', '/apps/shop/objects/')).toBeUndefined();
});

test('decodes parameters and leaves a broken escape as it is', () => {
  expect(match('GET', '/apps/a%20b')?.[1]).toEqual({ name: 'a b' });
  expect(match('GET', '/apps/a%2Fb')?.[1]).toEqual({ name: 'a/b' });
  expect(match('GET', '/apps/%zz')?.[1]).toEqual({ name: '%zz' });
});
