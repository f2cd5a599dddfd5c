import type { GoogleEndpoints } from '#adapters/google/ask-google.ts';
import { type Call, type Reply, serve } from '../aws-identity/http.ts';
import { accountService } from './account-service.ts';
import { dockerHost } from './docker-host.ts';
import { apiFault, Fault } from './fault.ts';
import { repositoryService } from './repository-service.ts';
import type { Service } from './request.ts';
import { accountTokens, tokenExchange } from './token-services.ts';
import { GoogleWorld, type WorldOptions } from './world.ts';

const services: readonly (readonly [string, Service])[] = [
  ['/sts', tokenExchange],
  ['/iamcredentials', accountTokens],
  ['/iam', accountService],
  ['/artifactregistry', repositoryService],
];

export interface FakeGoogle {
  readonly world: GoogleWorld;
  readonly endpoints: GoogleEndpoints;
  close(): Promise<void>;
}

/** See README.md beside this file. */
export const startGoogle = async (options: WorldOptions): Promise<FakeGoogle> => {
  const world = new GoogleWorld(options);
  const { url, close } = await serve((call) => decide(world, call));
  return {
    world,
    endpoints: {
      sts: `${url}/sts`,
      iam: `${url}/iam`,
      iamCredentials: `${url}/iamcredentials`,
      artifactRegistry: `${url}/artifactregistry`,
      registry: url,
    },
    close,
  };
};

const decide = async (world: GoogleWorld, call: Call): Promise<Reply> => {
  const { method, headers, body, url } = call;
  const { pathname, searchParams: query } = url;
  const [prefix, service] = services.find(([it]) => pathname.startsWith(`${it}/`)) ?? [
    '',
    dockerHost,
  ];
  const path = pathname.slice(prefix.length);
  world.log.push(`${method} ${pathname}`);
  try {
    const found = await service(world, { method, path, query, headers, body });
    return found ?? apiFault('NOT_FOUND', `the fake does not know ${method} ${pathname}`);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};
