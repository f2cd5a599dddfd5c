import { expect, test } from '@jest/globals';
import type { AdoptedApp, Adoptions } from '#core/adoptions/ports.ts';
import { ConflictError } from '#core/errors.ts';
import { sequenceOf } from '#core/identifiers.ts';
import { aBuild, anApp, aPromotion, aRelease, freshName } from '#test/samples.ts';
import type { RackPorts } from './apps.ts';

export interface AdoptionPorts extends RackPorts {
  readonly adoptions: Adoptions;
}

const ids = { build: 'BAAAAABXXXX', release: 'RAAAAACXXXX' };

const anAdoptedApp = async ({ dataKeys }: AdoptionPorts): Promise<AdoptedApp> => {
  const name = freshName();
  const dataKey = (await dataKeys?.make(name)) ?? 'wrapped-key';
  return {
    app: anApp({ name, dataKey, sequence: 40, active: ids.release }),
    release: { ...aRelease({ app: name, build: ids.build }), id: ids.release },
    build: { ...aBuild({ app: name, status: 'complete' }), id: ids.build },
    fence: 17,
  };
};

/** What every implementation of `Adoptions` does. */
export const adoptionsBehaveLike = (name: string, create: () => AdoptionPorts): void => {
  test(`${name}: app, release and build are there under their ids, environment included`, async () => {
    const ports = create();
    const adopted = await anAdoptedApp(ports);

    await ports.adoptions.restore(adopted);

    expect(await ports.apps.find(adopted.app.name)).toEqual(adopted.app);
    expect(await ports.releases.find(adopted.app.name, ids.release)).toEqual(adopted.release);
    expect(await ports.builds.find(adopted.app.name, ids.build)).toEqual(adopted.build);
  });

  test(`${name}: what comes after goes on from there, in ids as in fences`, async () => {
    const ports = create();
    const adopted = await anAdoptedApp(ports);
    const app = adopted.app.name;
    await ports.adoptions.restore(adopted);

    const next = await ports.releases.create(aRelease({ app }), ids.release);
    const promotion = await ports.promotions.begin(
      aPromotion({ app, release: next.id, previous: ids.release })
    );
    const { hold } = await ports.records.acquire({ app, id: promotion.id, attempt: 1 });

    expect((await ports.releases.latest(app))?.id).toBe(next.id);
    expect(sequenceOf(next.id)).toBe(41);
    expect(hold.fence).toBe(18);
  });

  test(`${name}: an app that exists is not touched`, async () => {
    const ports = create();
    const adopted = await anAdoptedApp(ports);
    await ports.apps.create({ ...adopted.app, sequence: 3, active: 'RAAAAADAAAA' });

    await expect(ports.adoptions.restore(adopted)).rejects.toThrow(ConflictError);

    expect(await ports.apps.find(adopted.app.name)).toMatchObject({ active: 'RAAAAADAAAA' });
    expect(await ports.releases.find(adopted.app.name, ids.release)).toBeUndefined();
  });

  test(`${name}: the numbers of an app that was deleted here are not used again`, async () => {
    const ports = create();
    const adopted = await anAdoptedApp(ports);
    await ports.apps.create({ ...adopted.app, sequence: 100, active: undefined });
    await ports.apps.remove(adopted.app.name);

    await ports.adoptions.restore(adopted);

    expect(await ports.apps.find(adopted.app.name)).toMatchObject({ sequence: 100 });
  });
};
