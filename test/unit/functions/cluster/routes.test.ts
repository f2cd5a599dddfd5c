import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { routes as contracts } from '#contracts/routes.ts';
import { byText } from '#core/environments/environment.ts';
import { routes } from '#functions/cluster/routes.ts';
import type { ClusterDependencies } from '#functions/runtime/dependencies/cluster.ts';

interface HttpEvent {
  readonly httpApi: { method: string; path: string; authorizer: { name: string } };
}

const inContract = Object.values(contracts)
  .filter((it) => it.group === 'cluster')
  .map((it) => `${it.method} ${it.path}`)
  .toSorted(byText);

test('serves every operation that the contract gives to the group, and no other', () => {
  const served = routes({} as ClusterDependencies).map(
    ({ endpoint }) => `${endpoint.method} ${endpoint.path}`
  );

  expect(served.toSorted(byText)).toEqual(inContract);
});

test('gets the requests of exactly these operations, each with a caller', () => {
  const { cluster } = parse(readFileSync('infra/aws/cluster/functions.yml', 'utf8'));
  const events = (cluster.events as HttpEvent[]).map((it) => it.httpApi);

  expect(events.map((it) => `${it.method} ${it.path}`).toSorted(byText)).toEqual(inContract);
  expect(events.every((it) => it.authorizer.name === 'token')).toBe(true);
});
