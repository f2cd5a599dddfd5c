import * as builds from '#contracts/builds.ts';
import * as grants from '#contracts/grants.ts';
import * as registries from '#contracts/registries.ts';
import { cancelBuild } from '#core/builds/cancel-build.ts';
import { createBuild } from '#core/builds/create-build.ts';
import { updateBuild } from '#core/builds/update-build.ts';
import { createGrant } from '#core/grants/create-grant.ts';
import { listGrants } from '#core/grants/read-grants.ts';
import { revokeGrant } from '#core/grants/revoke-grant.ts';
import { addRegistry } from '#core/registries/add-registry.ts';
import { listRegistries } from '#core/registries/list-registries.ts';
import { removeRegistry } from '#core/registries/remove-registry.ts';
import { testRegistry } from '#core/registries/test-registry.ts';
import type { GrantsDependencies } from '../runtime/dependencies/grants.ts';
import { type Route, route } from '../runtime/route.ts';

/** Convox's wire puts a credential into the answers about an external build: they are made here. */
export const routes = (deps: GrantsDependencies): readonly Route[] => [
  route(builds.createBuild, createBuild(deps)),
  route(builds.updateBuild, updateBuild(deps)),
  route(builds.cancelBuild, cancelBuild(deps)),
  route(grants.createGrant, createGrant(deps)),
  route(grants.listGrants, listGrants(deps)),
  route(grants.revokeGrant, revokeGrant(deps)),
  route(registries.listRegistries, listRegistries(deps)),
  route(registries.addRegistry, addRegistry(deps)),
  route(registries.removeRegistry, removeRegistry(deps)),
  route(registries.testRegistry, testRegistry(deps)),
];
