import type { Grants } from '#core/grants/ports.ts';
import type { Registry } from '#core/registries/ports.ts';

const grant = {
  repository: 'localhost:5000/atom/shop',
  host: 'localhost:5000',
  username: 'AWS',
  password: 'p4ss',
};

/** A registry that mints, and records of what it minted. */
export const granting = (other: Partial<typeof grant> = {}) => ({
  grants: { create: async (it: object) => ({ ...it, id: 'GAAAAAAAAAA' }) } as unknown as Grants,
  registry: {
    repositoryOf: () => grant.repository,
    cacheRepositoryOf: () => `${grant.repository}/cache`,
    mint: async ({ withCache }) => ({ ...grant, username: withCache ? 'AWS' : '', ...other }),
  } as Partial<Registry> as Registry,
  registries: { logins: async () => [] },
});
