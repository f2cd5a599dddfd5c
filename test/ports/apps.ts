import { expect, test } from '@jest/globals';
import type { App } from '#core/apps/app.ts';
import type { Apps } from '#core/apps/ports.ts';
import type { Builds } from '#core/builds/ports.ts';
import { ConflictError, NotFoundError, SupersededError } from '#core/errors.ts';
import { sequenceOf } from '#core/identifiers.ts';
import type { PromotionRecords, Promotions } from '#core/promotions/ports.ts';
import type { Releases } from '#core/releases/ports.ts';
import { aBuild, anApp, aPromotion, aRelease, freshName } from '#test/samples.ts';

export interface RackPorts {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Releases;
  readonly promotions: Promotions;
  readonly records: PromotionRecords;
  /** Of ports that encrypt; others take any text for a data key. */
  readonly dataKeys?: { make(app: string): Promise<string> };
}

/** Puts an app of a fresh name there. */
export const createFreshApp = async (
  { apps, dataKeys }: RackPorts,
  given: Partial<App> = {}
): Promise<string> => {
  const name = freshName();
  const dataKey = (await dataKeys?.make(name)) ?? 'wrapped-key';
  await apps.create(anApp({ ...given, name, dataKey }));
  return name;
};

/** What every implementation of `Apps` does. */
export const appsBehaveLike = (name: string, create: () => RackPorts): void => {
  test(`${name}: finds what was created, and nothing more in it`, async () => {
    const { apps } = create();
    const app = anApp({ name: freshName() });

    await apps.create(app);

    expect(await apps.find(app.name)).toEqual(app);
    expect(await apps.find(freshName())).toBeUndefined();
    expect(await apps.list()).toContainEqual(app);
  });

  test(`${name}: lists by name`, async () => {
    const { apps } = create();
    const suffix = freshName();
    for (const letter of ['c', 'a', 'b']) await apps.create(anApp({ name: `${letter}-${suffix}` }));

    const names = (await apps.list()).map((it) => it.name).filter((it) => it.endsWith(suffix));

    expect(names).toEqual([`a-${suffix}`, `b-${suffix}`, `c-${suffix}`]);
  });

  test(`${name}: refuses a taken name in Convox's words and keeps the first app`, async () => {
    const { apps } = create();
    const app = anApp({ name: freshName() });
    await apps.create(app);

    const taken = apps.create({ ...app, locked: true });

    await expect(taken).rejects.toThrow(ConflictError);
    await expect(taken).rejects.toThrow(`app already exists: ${app.name}`);
    expect((await apps.find(app.name))?.locked).toBe(false);
  });

  test(`${name}: changes only what is given`, async () => {
    const { apps } = create();
    const app = anApp({ name: freshName() });
    await apps.create(app);

    await apps.change(app.name, { locked: true });
    await apps.change(app.name, { policy: 'baseline' });

    expect(await apps.find(app.name)).toEqual({ ...app, locked: true, policy: 'baseline' });
  });

  test(`${name}: changes no app that is not there`, async () => {
    const { apps } = create();
    const name = freshName();

    await expect(apps.change(name, { locked: true })).rejects.toThrow(NotFoundError);
    await expect(apps.markDeleting(name)).rejects.toThrow(`app not found: ${name}`);
    expect(await apps.find(name)).toBeUndefined();
  });

  test(`${name}: removes an app with all its records, as often as asked`, async () => {
    const ports = create();
    const { apps, builds, promotions, releases } = ports;
    const app = await createFreshApp(ports);
    for (let count = 0; count < 30; count++) await builds.create(aBuild({ app }));
    const release = await releases.create(aRelease({ app }), undefined);
    const promotion = await promotions.begin(aPromotion({ app }));

    await apps.remove(app);
    await apps.remove(app);

    expect(await apps.find(app)).toBeUndefined();
    expect(await builds.list(app, 10)).toEqual([]);
    expect(await releases.list(app, 10)).toEqual([]);
    expect(await promotions.find(app, promotion.id)).toBeUndefined();
    expect(release.id).toMatch(/^R/);
  });

  test(`${name}: takes no build or promotion while an app is being deleted`, async () => {
    const { apps, builds, promotions, releases } = create();
    const app = freshName();
    await apps.create(anApp({ name: app }));

    await apps.markDeleting(app);

    await expect(builds.create(aBuild({ app }))).rejects.toThrow(NotFoundError);
    await expect(releases.create(aRelease({ app }), undefined)).rejects.toThrow(NotFoundError);
    await expect(promotions.begin(aPromotion({ app }))).rejects.toThrow(NotFoundError);
    expect((await apps.find(app))?.deleting).toBe(true);
  });

  test(`${name}: gives a new app of an old name numbers that were never used`, async () => {
    const { apps, builds } = create();
    const app = freshName();
    await apps.create(anApp({ name: app }));
    const before = await builds.create(aBuild({ app }));
    await apps.remove(app);

    await apps.create(anApp({ name: app }));
    const after = await builds.create(aBuild({ app }));

    expect(sequenceOf(after.id)).toBeGreaterThan(sequenceOf(before.id));
    expect(await builds.list(app, 10)).toEqual([after]);
  });

  test(`${name}: takes a removed app from whoever held it, also when the name comes back`, async () => {
    const { apps, promotions, records } = create();
    const app = freshName();
    await apps.create(anApp({ name: app }));
    const old = await promotions.begin(aPromotion({ app }));
    const { hold } = await records.acquire({ app, id: old.id, attempt: 1 });

    await apps.remove(app);
    await apps.create(anApp({ name: app }));
    const fresh = await promotions.begin(aPromotion({ app }));
    const next = await records.acquire({ app, id: fresh.id, attempt: 1 });

    expect(next.hold.fence).toBeGreaterThan(hold.fence);
    // The old holder may still be writing to the cluster.
    expect(next.waitUntil).toBeGreaterThan(0);
    await expect(records.renew(hold)).rejects.toThrow(SupersededError);
    await expect(records.activate(hold, 'RAAAAAAAAAA')).rejects.toThrow(SupersededError);
    expect((await apps.find(app))?.active).toBeUndefined();
  });
};
