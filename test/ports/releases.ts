import { expect, test } from '@jest/globals';
import { NewerReleaseError, NotFoundError } from '#core/errors.ts';
import { onLatestRelease } from '#core/releases/on-latest-release.ts';
import { aRelease, freshName } from '#test/samples.ts';
import { createFreshApp, type RackPorts } from './apps.ts';

/** What every implementation of `Releases` does. */
export const releasesBehaveLike = (name: string, create: () => RackPorts): void => {
  const bedWithApp = async () => {
    const ports = create();
    return { ...ports, app: await createFreshApp(ports) };
  };

  test(`${name}: gives back the environment as it was, and lists without it`, async () => {
    const { releases, app } = await bedWithApp();
    const env = 'EMPTY=\nQUOTED="a=b"\nWIDE=ä€😀';

    const release = await releases.create(aRelease({ app, env }), undefined);

    expect(release).toEqual({ ...aRelease({ app, env }), id: release.id });
    expect(await releases.find(app, release.id)).toEqual(release);
    expect(await releases.latest(app)).toEqual(release);
    const { env: _env, ...listed } = release;
    expect(await releases.list(app, 10)).toEqual([listed]);
  });

  test(`${name}: has nothing for an app without releases`, async () => {
    const { releases, app } = await bedWithApp();

    expect(await releases.latest(app)).toBeUndefined();
    expect(await releases.find(app, 'RAAAAAAAAAA')).toBeUndefined();
    expect(await releases.list(app, 10)).toEqual([]);
    await expect(releases.create(aRelease({ app: freshName() }), undefined)).rejects.toThrow(
      NotFoundError
    );
  });

  test(`${name}: lists the newest first, as many as asked`, async () => {
    const { releases, app } = await bedWithApp();
    const first = await releases.create(aRelease({ app }), undefined);
    const second = await releases.create(aRelease({ app }), first.id);
    const third = await releases.create(aRelease({ app }), second.id);

    const ids = (await releases.list(app, 2)).map((it) => it.id);

    expect(ids).toEqual([third.id, second.id]);
    expect(third.id > second.id && second.id > first.id).toBe(true);
  });

  test(`${name}: makes no release from one that is not the latest any more`, async () => {
    const { releases, app } = await bedWithApp();
    const first = await releases.create(aRelease({ app }), undefined);
    const second = await releases.create(aRelease({ app }), first.id);

    for (const stale of [undefined, first.id, 'RZZZZZZZZZZ']) {
      await expect(releases.create(aRelease({ app }), stale)).rejects.toThrow(NewerReleaseError);
    }

    expect(await releases.latest(app)).toEqual(second);
  });

  test(`${name}: lets exactly one of many that start from the same release through`, async () => {
    const { releases, app } = await bedWithApp();

    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => releases.create(aRelease({ app }), undefined))
    );

    const made = results.filter((it) => it.status === 'fulfilled');
    expect(made).toHaveLength(1);
    expect((await releases.latest(app))?.id).toBe(made[0]?.value.id);
    for (const it of results) {
      if (it.status === 'rejected') expect(it.reason).toBeInstanceOf(NewerReleaseError);
    }
  });

  test(`${name}: chains releases of several writers, each on the one before`, async () => {
    const { releases, app } = await bedWithApp();
    const count = 4;

    await Promise.all(
      Array.from({ length: count }, (_, writer) =>
        onLatestRelease(releases, app, (latest) =>
          releases.create(
            aRelease({ app, env: `${latest?.env ?? ''}\nWRITER_${writer}=1`.trim() }),
            latest?.id
          )
        )
      )
    );

    // Nobody's change is lost: the latest release has them all.
    const latest = await releases.latest(app);
    expect(latest?.env.split('\n').toSorted()).toEqual(
      Array.from({ length: count }, (_, writer) => `WRITER_${writer}=1`)
    );
    expect(await releases.list(app, 100)).toHaveLength(count);
  });
};
