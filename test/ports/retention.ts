import { expect, test } from '@jest/globals';
import { ConflictError, ExpiredError } from '#core/errors.ts';
import type { Stories } from '#core/events/ports.ts';
import type { RetentionRecords } from '#core/retention/ports.ts';
import { aBuild, anApp, anEvent, aPromotion, aRelease } from '#test/samples.ts';
import { createFreshApp, type RackPorts } from './apps.ts';

interface RetentionPorts extends RackPorts {
  readonly retention: RetentionRecords;
  readonly stories: Stories;
}

const at = '2026-02-01T00:00:00.000Z';

/** What every implementation of `RetentionRecords` does, and what its marks do to the other ports. */
export const retentionBehavesLike = (name: string, create: () => RetentionPorts): void => {
  const bed = async () => {
    const ports = create();
    const app = await createFreshApp(ports);
    const build = await ports.builds.create(
      aBuild({ app, status: 'complete', manifest: 'services: {}', buildArgs: { A: '1' } })
    );
    const old = await ports.releases.create(aRelease({ app, build: build.id }), undefined);
    const latest = await ports.releases.create(aRelease({ app, build: '' }), old.id);
    const history = await ports.retention.read(app);
    if (!history) throw new Error('there is no history');
    const plan = { releases: [old.id], builds: [build.id] };
    return { ...ports, app, build, old, latest, history, plan };
  };

  test(`${name}: reads the past of an app, newest first, without environments`, async () => {
    const { history, app, build, old, latest, promotions, retention } = await bed();

    expect(history.app).toMatchObject({ name: app, latest: latest.id });
    expect(history.releases.map((it) => it.id)).toEqual([latest.id, old.id]);
    expect(history.builds).toEqual([build]);
    expect(history.uncleared).toEqual([]);
    expect(JSON.stringify(history.releases)).not.toMatch(/"env"|cipher/);
    const promotion = await promotions.begin(aPromotion({ app, release: latest.id }));
    expect(await retention.read(app)).toMatchObject({
      app: { promotion: promotion.id },
      promotions: [{ id: promotion.id }],
    });
    expect(await retention.read('nobody')).toBeUndefined();
  });

  test(`${name}: marks what expires, keeps its row and drops what it held`, async () => {
    const { retention, releases, builds, app, build, old, latest, history, plan } = await bed();

    expect(await retention.expire(history.app, plan, at)).toBe(true);

    const gone = { expired: at, manifest: '' };
    const { description, created, id } = old;
    const row = { ...gone, env: '', id, description, created };
    expect(await releases.find(app, old.id)).toMatchObject(row);
    expect(await builds.find(app, build.id)).toMatchObject({ ...gone, buildArgs: {} });
    expect((await releases.list(app, 10)).map((it) => it.expired)).toEqual([undefined, at]);
    expect((await retention.read(app))?.uncleared.toSorted()).toEqual([build.id, old.id]);
    expect(await releases.find(app, latest.id)).toEqual(latest);
    await retention.settle(app, [build.id]);
    expect((await retention.read(app))?.uncleared).toEqual([old.id]);
  });

  test(`${name}: lets one of two sweeps at once mark`, async () => {
    const { retention, history, plan } = await bed();

    const marked = await Promise.all([1, 2].map(() => retention.expire(history.app, plan, at)));

    expect(marked.toSorted()).toEqual([false, true]);
  });

  test(`${name}: marks nothing once somebody has made, promoted or pinned something`, async () => {
    const made = await bed();
    await made.releases.create(aRelease({ app: made.app, build: made.build.id }), made.latest.id);
    const promoted = await bed();
    await promoted.promotions.begin(aPromotion({ app: promoted.app, release: promoted.old.id }));
    const pinned = await bed();
    await pinned.releases.pin(pinned.app, pinned.old.id, true);

    for (const { retention, releases, app, old, history, plan } of [made, promoted, pinned]) {
      expect(await retention.expire(history.app, plan, at)).toBe(false);
      expect((await releases.find(app, old.id))?.expired).toBeUndefined();
    }
  });

  test(`${name}: makes nothing of what has expired`, async () => {
    const { retention, releases, promotions, app, build, old, latest, history, plan } = await bed();
    await retention.expire(history.app, plan, at);

    const again = aRelease({ app, build: build.id });
    await expect(releases.create(again, latest.id)).rejects.toThrow(
      `build has expired: ${build.id}`
    );
    await expect(promotions.begin(aPromotion({ app, release: old.id }))).rejects.toThrow(
      `release has expired: ${old.id}`
    );
    await expect(releases.pin(app, old.id, true)).rejects.toThrow(ExpiredError);
    await promotions.begin(aPromotion({ app, release: latest.id }));
    const waiting = aPromotion({ app, release: old.id, status: 'queued', attempt: 0 });
    for (const force of [false, true]) {
      await expect(promotions.queue(waiting, { force })).rejects.toThrow(ExpiredError);
    }
    expect((await promotions.list(app, { limit: 10 })).map((it) => it.release)).toEqual([
      latest.id,
    ]);
  });

  test(`${name}: pins and unpins`, async () => {
    const { releases, app, old } = await bed();

    expect(await releases.pin(app, old.id, true)).toMatchObject({ id: old.id, pinned: true });
    expect(await releases.pin(app, old.id, true)).toMatchObject({ pinned: true });
    expect(await releases.find(app, old.id)).toEqual({ ...old, pinned: true });
    expect(await releases.pin(app, old.id, false)).not.toHaveProperty('pinned');
    expect(await releases.find(app, old.id)).toEqual(old);
    await expect(releases.pin(app, 'RAAAAAAAAAA', true)).rejects.toThrow('release not found');
  });

  test(`${name}: notices what is begun after the history was read`, async () => {
    const { retention, builds, app, history } = await bed();

    expect(await retention.isUnchanged(history)).toBe(true);
    await builds.create(aBuild({ app }));
    expect(await retention.isUnchanged(history)).toBe(false);
  });

  test(`${name}: tells of every app how far it has come, also while it goes`, async () => {
    const { retention, builds, apps, app } = await bed();
    const before = (await retention.sequences()).get(app) ?? 0;

    await builds.create(aBuild({ app }));

    expect((await retention.sequences()).get(app)).toBe(before + 1);
    await apps.markDeleting(app);
    expect((await retention.sequences()).get(app)).toBe(before + 1);
    await apps.remove(app);
    expect((await retention.sequences()).has(app)).toBe(false);
  });

  test(`${name}: gives the builds that have not expired, newest first`, async () => {
    const { retention, builds, app, build, history } = await bed();
    const images = [{ service: 'web', image: 'registry/atom/blog@sha256:1' }];
    const newer = await builds.create(aBuild({ app, images }));

    expect(await retention.keptBuilds(app)).toEqual([newer, build]);
    await retention.expire(history.app, { releases: [], builds: [build.id] }, at);
    expect(await retention.keptBuilds(app)).toEqual([newer]);
    expect(await retention.keptBuilds('nobody')).toEqual([]);
  });

  test(`${name}: removes stories by what they are of`, async () => {
    const { retention, stories, app, build } = await bed();
    const other = 'BZZZZZZZZZZ';
    for (const id of [build.id, other]) {
      await stories.append({ app, id }, [anEvent(1), anEvent(2)]);
    }

    await retention.removeStories(app, [build.id]);

    expect(await stories.read({ app, id: build.id }, 0)).toEqual([]);
    expect(await stories.read({ app, id: other }, 0)).toHaveLength(2);
  });

  test(`${name}: lists apps, the one that was looked after longest ago first`, async () => {
    const { retention, apps, app, ...ports } = await bed();
    const other = await createFreshApp({ apps, ...ports });
    const mine = async () => (await retention.apps()).filter((it) => it === app || it === other);

    await retention.note(app, '2026-03-02T00:00:00.000Z');
    await retention.note(other, '2026-03-01T00:00:00.000Z');
    expect(await mine()).toEqual([other, app]);
    await retention.note(other, '2026-03-03T00:00:00.000Z');
    expect(await mine()).toEqual([app, other]);
    expect(await apps.find(app)).not.toHaveProperty('swept');
    await apps.markDeleting(app);
    expect(await mine()).toEqual([other]);
    expect(await retention.read(app)).toBeUndefined();
  });

  test(`${name}: holds the name of a deleted app for one at a time, until it is free`, async () => {
    const { retention, apps, app } = await bed();
    const now = Date.now();
    const hold = { from: now, until: now + 60_000 };
    await apps.remove(app);

    expect(await retention.gone()).toContain(app);
    expect(await retention.holdName(app, hold)).toBe('held');
    expect(await retention.holdName(app, { from: now + 1, until: now + 60_001 })).toBe('busy');
    await expect(apps.create(anApp({ name: app }))).rejects.toThrow(ConflictError);
    await retention.releaseName(app, { ...hold, until: 1 }, { gone: true });
    expect(await retention.gone()).toContain(app);
    await retention.releaseName(app, hold, { gone: false });
    expect(await retention.gone()).toContain(app);
    expect(await retention.holdName(app, hold)).toBe('held');
    await retention.releaseName(app, hold, { gone: true });

    expect(await retention.gone()).not.toContain(app);
    await apps.create(anApp({ name: app }));
    expect(await retention.holdName(app, hold)).toBe('taken');
  });

  test(`${name}: takes a name over that was held for too long`, async () => {
    const { retention, apps, app } = await bed();
    await apps.remove(app);
    await retention.holdName(app, { from: 1, until: 2 });

    expect(await retention.holdName(app, { from: 3, until: 4 })).toBe('held');
    await apps.create(anApp({ name: app }));
    expect(await retention.holdName(app, { from: 5, until: 6 })).toBe('taken');
  });

  test(`${name}: leaves what a forgotten app runs alone`, async () => {
    const { retention, apps, app } = await bed();
    await apps.remove(app);
    await apps.create(anApp({ name: app }));

    await apps.forget(app);

    expect(await apps.find(app)).toBeUndefined();
    expect(await retention.gone()).not.toContain(app);
  });
};
