import { expect, test } from '@jest/globals';
import type { Grant } from '#core/grants/grant.ts';
import type { Grants } from '#core/grants/ports.ts';
import { revokeGrants } from '#core/grants/revoke-grants.ts';
import { InMemoryRegistry } from '#test/fakes/in-memory-registry.ts';

const now = Date.parse('2026-11-23T09:00:00Z');

const grant = (id: string, minutes: number): Grant => ({
  id,
  app: 'shop',
  build: `B${id}`,
  actor: 'ann',
  repository: 'registry.example.com/atom/shop',
  created: new Date(now).toISOString(),
  expires: new Date(now + minutes * 60_000).toISOString(),
  revoked: '',
});

const grantsOf = (list: Grant[]): Pick<Grants, 'list' | 'markRevoked'> => ({
  list: async () => [...list],
  markRevoked: async (_, id, revoked) => {
    list.splice(0, list.length, ...list.map((it) => (it.id === id ? { ...it, revoked } : it)));
  },
});

test('tells the registry again when it did not hear it the first time', async () => {
  const told: unknown[] = [];
  class Deaf extends InMemoryRegistry {
    override async revoke(_: string, dead: readonly string[]): Promise<void> {
      told.push(dead);
      if (told.length === 1) throw new Error('the registry does not answer');
    }
  }
  const grants = grantsOf([grant('ENDED', 15), grant('OVER', -1)]) as Grants;
  const deps = { grants, registry: new Deaf(), clock: () => now };
  const revoke = () => revokeGrants(deps, 'shop', () => true);

  await expect(revoke()).rejects.toThrow('does not answer');
  await revoke();

  expect(told).toEqual([['BENDED.ENDED'], ['BENDED.ENDED']]);
});

test('tells the registry which sessions are to be dead, and which go on', async () => {
  const told: unknown[] = [];
  class Told extends InMemoryRegistry {
    override async revoke(...it: Parameters<InMemoryRegistry['revoke']>): Promise<void> {
      told.push(it);
    }
  }
  const grants = grantsOf([grant('ENDED', 15), grant('GOING', 15), grant('OVER', -1)]) as Grants;
  const deps = { grants, registry: new Told(), clock: () => now };

  await revokeGrants(deps, 'shop', ({ id }) => id === 'ENDED');

  expect(told).toEqual([['shop', ['BENDED.ENDED'], ['BGOING.GOING']]]);
});
