import { scopeMapName } from './acr-names.ts';
import type { Resource, ResourceManager } from './arm-client.ts';

/** A grant, as Azure's API shows it. */
export interface TokenProperties {
  readonly scopeMapId?: string;
  readonly credentials?: { readonly passwords?: readonly Password[] };
}

export interface Password {
  readonly name?: string;
  readonly value?: string;
  readonly expiry?: string | null;
}

export const scopeMapId = (resourceId: string, repository: string, withCache: boolean): string =>
  `${resourceId}/scopeMaps/${scopeMapName(repository, withCache)}`;

/** Ids of both: with the cache, and without. */
export const scopeMapsOf = (resourceId: string, repository: string): readonly string[] =>
  [true, false].map((withCache) => scopeMapId(resourceId, repository, withCache));

/** All grants for a repository that are there, by whoever they were made. */
export const tokensOf = async (
  manager: ResourceManager,
  resourceId: string,
  repository: string
): Promise<readonly Resource<TokenProperties>[]> => {
  const maps = scopeMapsOf(resourceId, repository).map((it) => it.toLowerCase());
  const all = await manager.list<TokenProperties>(`${resourceId}/tokens`);
  return all.filter((it) => maps.includes(it.properties.scopeMapId?.toLowerCase() ?? ''));
};
