import { expect, test } from '@jest/globals';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { aBuild, anApp, freshName } from '#test/samples.ts';
import type { RackPorts } from './apps.ts';

/** What every implementation of `Builds` does. */
export const buildsBehaveLike = (name: string, create: () => RackPorts): void => {
  const bedWithApp = async () => {
    const ports = create();
    const app = freshName();
    await ports.apps.create(anApp({ name: app }));
    return { ...ports, app };
  };

  test(`${name}: finds what was created under a Convox-shaped id`, async () => {
    const { builds, app } = await bedWithApp();

    const build = await builds.create(aBuild({ app }));

    expect(build.id).toMatch(/^B[A-Z]{10}$/);
    expect(build).toEqual({ ...aBuild({ app }), id: build.id });
    expect(await builds.find(app, build.id)).toEqual(build);
    expect(await builds.find(app, 'BZZZZZZZZZZ')).toBeUndefined();
  });

  test(`${name}: lists the newest first, as many as asked`, async () => {
    const { builds, app } = await bedWithApp();
    const [first, second, third] = [
      await builds.create(aBuild({ app })),
      await builds.create(aBuild({ app })),
      await builds.create(aBuild({ app })),
    ];

    expect(await builds.list(app, 2)).toEqual([third, second]);
    expect(await builds.list(app, 1000)).toEqual([third, second, first]);
  });

  test(`${name}: makes ids of one app at the same time without a collision`, async () => {
    const { builds, app } = await bedWithApp();

    const made = await Promise.all(
      Array.from({ length: 20 }, () => builds.create(aBuild({ app })))
    );

    expect(new Set(made.map((it) => it.id.slice(0, 7))).size).toBe(20);
    expect(await builds.list(app, 100)).toHaveLength(20);
  });

  test(`${name}: makes no build without its app`, async () => {
    const { builds } = create();

    const orphan = builds.create(aBuild({ app: freshName() }));

    await expect(orphan).rejects.toThrow(NotFoundError);
  });

  test(`${name}: changes what is given, until the build has ended`, async () => {
    const { builds, app } = await bedWithApp();
    const { id } = await builds.create(aBuild({ app }));

    const running = await builds.change(app, id, { status: 'running', manifest: 'a: 1' });
    const ended = await builds.change(app, id, { status: 'failed', reason: 'no Dockerfile' });

    expect(running).toEqual({ ...aBuild({ app }), id, status: 'running', manifest: 'a: 1' });
    expect(ended).toMatchObject({ status: 'failed', manifest: 'a: 1', reason: 'no Dockerfile' });
    await expect(builds.change(app, id, { status: 'running' })).rejects.toThrow(ConflictError);
    await expect(builds.change(app, 'BZZZZZZZZZZ', { reason: '' })).rejects.toThrow(ConflictError);
    expect(await builds.find(app, id)).toEqual(ended);
  });

  test(`${name}: cancels a build once, unless it has ended or is committed`, async () => {
    const { builds, app } = await bedWithApp();
    const end = {
      reason: 'cancelled by ada',
      cancelledBy: 'ada',
      ended: '2026-03-18T14:40:00.000Z',
    };
    const open = await builds.create(aBuild({ app }));
    const committed = await builds.create(aBuild({ app }));
    await builds.change(app, committed.id, { committed: true });

    const cancelled = await builds.cancel(app, open.id, end);

    expect(cancelled).toEqual({ ...open, ...end, status: 'failed' });
    expect(await builds.find(app, open.id)).toEqual(cancelled);
    await expect(builds.cancel(app, open.id, end)).rejects.toThrow(ConflictError);
    await expect(builds.cancel(app, committed.id, end)).rejects.toThrow('is making its release');
    await expect(builds.change(app, open.id, { release: 'R' })).rejects.toThrow(ConflictError);
    expect(await builds.change(app, committed.id, { release: 'R' })).toMatchObject({
      release: 'R',
    });
  });

  test(`${name}: begins one import of an external build, whoever asks for it at the same time`, async () => {
    const { builds, app } = await bedWithApp();
    const { id } = await builds.create(aBuild({ app, external: true }));
    const begin = { imported: 'redis:7', started: '2026-03-18T14:40:00.000Z', actor: 'ada' };

    const both = await Promise.allSettled([
      builds.beginImport(app, id, begin),
      builds.beginImport(app, id, { ...begin, imported: 'redis:8' }),
    ]);

    expect(both.map((it) => it.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await builds.find(app, id)).toMatchObject({
      ...begin,
      imported: expect.stringMatching(/^redis:[78]$/),
      status: 'running',
      external: false,
    });
    await builds.change(app, id, { status: 'failed' });
    await expect(builds.beginImport(app, id, begin)).rejects.toThrow('has begun already');
    await expect(builds.beginImport(app, 'BZZZZZZZZZZ', begin)).rejects.toThrow(ConflictError);
  });

  test(`${name}: names the release of a complete build, and no second one`, async () => {
    const { builds, app } = await bedWithApp();
    const { id } = await builds.create(aBuild({ app }));
    await expect(builds.nameRelease(app, id, 'RA')).rejects.toThrow(ConflictError);
    await builds.change(app, id, { status: 'complete' });

    const named = await builds.nameRelease(app, id, 'RA');

    expect(named).toMatchObject({ status: 'complete', release: 'RA' });
    expect(await builds.nameRelease(app, id, 'RA')).toEqual(named);
    await expect(builds.nameRelease(app, id, 'RB')).rejects.toThrow('has made another release');
    expect(await builds.find(app, id)).toEqual(named);
  });
};
