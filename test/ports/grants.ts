import { expect, test } from '@jest/globals';
import { NotFoundError } from '#core/errors.ts';
import type { Grant } from '#core/grants/grant.ts';
import type { Grants } from '#core/grants/ports.ts';
import { anApp, freshName } from '#test/samples.ts';
import type { RackPorts } from './apps.ts';

const aGrant = (app: string): Omit<Grant, 'id'> => ({
  app,
  build: 'BAAAAAAAAAA',
  actor: 'ann',
  repository: `registry.example.com/atom/${app}`,
  created: '2026-01-01T00:00:00.000Z',
  expires: '2026-01-01T00:15:00.000Z',
  revoked: '',
});

/** What every implementation of `Grants` does. */
export const grantsBehaveLike = (
  name: string,
  create: () => Pick<RackPorts, 'apps'> & { readonly grants: Grants }
): void => {
  const bedWithApp = async () => {
    const ports = create();
    const app = freshName();
    await ports.apps.create(anApp({ name: app }));
    return { ...ports, app };
  };

  test(`${name}: lists the newest first, as many as asked`, async () => {
    const { grants, app } = await bedWithApp();
    const first = await grants.create(aGrant(app));
    const second = await grants.create(aGrant(app));

    expect(first).toEqual({ ...aGrant(app), id: expect.stringMatching(/^G[A-Z]{10}$/) });
    expect(await grants.list(app, 10)).toEqual([second, first]);
    expect(await grants.list(app, 1)).toEqual([second]);
  });

  test(`${name}: makes no grant without its app`, async () => {
    await expect(create().grants.create(aGrant(freshName()))).rejects.toThrow(NotFoundError);
  });

  test(`${name}: notes the first revocation, and none of what is not there`, async () => {
    const { grants, app } = await bedWithApp();
    const { id } = await grants.create(aGrant(app));

    await grants.markRevoked(app, id, '2026-01-01T00:01:00.000Z');
    await grants.markRevoked(app, id, '2026-01-01T00:02:00.000Z');
    await grants.markRevoked(app, 'GZZZZZZZZZZ', '2026-01-01T00:02:00.000Z');

    const [grant, ...others] = await grants.list(app, 10);
    expect(grant?.revoked).toBe('2026-01-01T00:01:00.000Z');
    expect(others).toEqual([]);
  });
};
