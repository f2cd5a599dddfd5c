import * as adoptions from './adoptions.ts';
import * as apps from './apps.ts';
import * as archives from './archives.ts';
import * as builds from './builds.ts';
import type { Endpoint } from './endpoint.ts';
import * as grants from './grants.ts';
import * as logs from './logs.ts';
import * as objects from './objects.ts';
import * as processes from './processes.ts';
import * as promotions from './promotions.ts';
import * as registries from './registries.ts';
import * as releases from './releases.ts';
import * as services from './services.ts';
import * as system from './system.ts';

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'path' in value && 'permission' in value;

/** Every operation by its name: the names are those of the use cases and of the CLI's calls. */
export const routes: Readonly<Record<string, Endpoint>> = Object.fromEntries(
  [
    system,
    apps,
    adoptions,
    objects,
    archives,
    builds,
    grants,
    registries,
    releases,
    promotions,
    processes,
    services,
    logs,
  ]
    .flatMap((nouns) => Object.entries(nouns))
    .filter((entry): entry is [string, Endpoint] => isEndpoint(entry[1]))
);
