import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Endpoint } from '#contracts/endpoint.ts';
import { routes as contract } from '#contracts/routes.ts';
import type { AdoptionDependencies } from '#core/adoptions/adopt-app.ts';
import { byText } from '#core/environments/environment.ts';
import { routes as adoptionRoutes } from '#functions/adoption/routes.ts';
import { routes as apiRoutes } from '#functions/api/routes.ts';
import { routes as clusterRoutes } from '#functions/cluster/routes.ts';
import { routes as credentialsRoutes } from '#functions/credentials/routes.ts';
import type { ClusterDependencies } from '#functions/runtime/dependencies/cluster.ts';
import type { GrantsDependencies } from '#functions/runtime/dependencies/grants.ts';
import { apiBed } from '#test/fakes/api-bed.ts';

const tables = {
  api: apiRoutes(apiBed()),
  cluster: clusterRoutes({} as ClusterDependencies),
  adoption: adoptionRoutes({} as AdoptionDependencies),
  credentials: credentialsRoutes({} as GrantsDependencies),
} as const;

const nameOf = ({ method, path }: Pick<Endpoint, 'method' | 'path'>): string => `${method} ${path}`;

const sorted = (names: readonly string[]): string[] => names.toSorted(byText);

test('serves every endpoint of the contract in the group that the contract names, once', () => {
  for (const [group, table] of Object.entries(tables)) {
    const served = table.map((it) => nameOf(it.endpoint));
    const promised = Object.values(contract).filter((it) => it.group === group);

    expect(sorted(served)).toEqual(sorted(promised.map(nameOf)));
  }
});

test('has no two endpoints with the same method and path', () => {
  const names = Object.values(contract).map(nameOf);

  expect(sorted([...new Set(names)])).toEqual(sorted(names));
});

test('declares a permission for every endpoint, and leaves only /check open', () => {
  const open = Object.values(contract).filter((it) => it.permission === 'open');

  expect(open.map(nameOf)).toEqual(['GET /check']);
  for (const it of Object.values(contract))
    expect(it.permission).toMatch(/^(open|promote|\w+:\w+)$/);
});

interface Events {
  readonly httpApi: {
    readonly method?: string;
    readonly path: string;
    readonly authorizer?: object;
  };
}

const eventsOf = (file: string, name: string): readonly Events[] =>
  parse(readFileSync(file, 'utf8'), { logLevel: 'silent' })[name].events;

/** Where each group but the api's says which paths are its own. */
const functionsOf = {
  cluster: eventsOf('infra/aws/cluster/functions.yml', 'cluster'),
  adoption: eventsOf('infra/aws/adoption/functions.yml', 'adoption'),
  credentials: eventsOf('infra/aws/build/functions.yml', 'grants'),
} as const;

test.each(['cluster', 'adoption', 'credentials'] as const)(
  'sends the paths of the %s group to its function',
  (group) => {
    const paths = functionsOf[group].map(({ httpApi: { method, path } }) => `${method} ${path}`);

    expect(sorted(paths)).toEqual(sorted(tables[group].map((it) => nameOf(it.endpoint))));
  }
);

test('sends all other paths to the api', () => {
  const paths = eventsOf('infra/aws/api/functions.yml', 'api').map((it) => it.httpApi.path);

  expect(paths).toEqual(['*']);
});

test('puts the authorizer before every path', () => {
  const all = [
    ...Object.values(functionsOf).flat(),
    ...eventsOf('infra/aws/api/functions.yml', 'api'),
  ];

  for (const { httpApi } of all) expect(httpApi.authorizer).toEqual({ name: 'token' });
});
