import { expect, test } from '@jest/globals';
import { AppNotUpdatingError, AppUpdatingError, TooLateToCancelError } from '#core/errors.ts';
import { anApp, aPromotion, freshName } from '#test/samples.ts';
import type { RackPorts } from './apps.ts';

/** What every implementation of `Promotions` does. */
export const promotionsBehaveLike = (name: string, create: () => RackPorts): void => {
  const bedWithApp = async (given: Parameters<typeof anApp>[0] = {}) => {
    const ports = create();
    const app = freshName();
    await ports.apps.create(anApp({ ...given, name: app }));
    return { ...ports, app };
  };

  test(`${name}: records a promotion and shows the app as updating`, async () => {
    const { apps, promotions, app } = await bedWithApp();

    const promotion = await promotions.begin(aPromotion({ app }));

    expect(promotion).toEqual({ ...aPromotion({ app }), id: promotion.id });
    expect(promotion.id).toMatch(/^P[A-Z]{10}$/);
    expect(await promotions.find(app, promotion.id)).toEqual(promotion);
    expect(await apps.find(app)).toMatchObject({
      promotion: promotion.id,
      promotionStatus: 'running',
    });
  });

  test(`${name}: begins exactly one of fifty promotions at once`, async () => {
    const { apps, promotions, app } = await bedWithApp();

    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => promotions.begin(aPromotion({ app })))
    );

    const begun = results.filter((it) => it.status === 'fulfilled');
    expect(begun).toHaveLength(1);
    for (const it of results) {
      if (it.status === 'rejected') expect(it.reason).toBeInstanceOf(AppUpdatingError);
    }
    expect((await apps.find(app))?.promotion).toBe(begun[0]?.value.id);
    expect(await promotions.list(app, { limit: 100 })).toHaveLength(1);
  });

  test(`${name}: does not begin from an active release that is not it any more`, async () => {
    const { apps, promotions, app } = await bedWithApp({ active: 'RAAAAACAAAA' });

    for (const previous of ['', 'RAAAAABAAAA']) {
      await expect(promotions.begin(aPromotion({ app, previous }))).rejects.toThrow(
        AppUpdatingError
      );
    }
    const right = await promotions.begin(aPromotion({ app, previous: 'RAAAAACAAAA' }));

    expect((await apps.find(app))?.promotion).toBe(right.id);
  });

  test(`${name}: lists the newest first, narrowed to a release`, async () => {
    const { promotions, records, app } = await bedWithApp();
    const releases = ['RAAAAAAAAAA', 'RAAAAABAAAA', 'RAAAAAAAAAA'];
    const ids: string[] = [];
    for (const release of releases) {
      const { id } = await promotions.begin(aPromotion({ app, release }));
      const { hold } = await records.acquire({ app, id, attempt: 1 });
      await records.settle(hold, { outcome: 'Refused', reason: '', cause: '' });
      ids.unshift(id);
    }

    const all = await promotions.list(app, { limit: 10 });
    const ofFirst = await promotions.list(app, { release: 'RAAAAAAAAAA', limit: 10 });
    const latest = await promotions.list(app, { release: 'RAAAAAAAAAA', limit: 1 });

    expect(all.map((it) => it.id)).toEqual(ids);
    expect(ofFirst.map((it) => it.id)).toEqual([ids[0], ids[2]]);
    expect(latest.map((it) => it.id)).toEqual([ids[0]]);
  });

  test(`${name}: hands a request to stop on, and an abandon is not taken back`, async () => {
    const { promotions, records, app } = await bedWithApp();
    const { id } = await promotions.begin(aPromotion({ app }));
    const { hold } = await records.acquire({ app, id, attempt: 1 });

    expect(await records.renew(hold)).toEqual({ cancel: undefined });
    await promotions.requestCancel(app, 'cancel');
    expect(await records.renew(hold)).toEqual({ cancel: 'cancel' });
    await promotions.requestCancel(app, 'abandon');
    await promotions.requestCancel(app, 'cancel');

    expect(await records.renew(hold)).toEqual({ cancel: 'abandon' });
  });

  test(`${name}: has nothing to stop before a promotion, after it and past its point of no return`, async () => {
    const { promotions, records, app } = await bedWithApp();
    await expect(promotions.requestCancel(app, 'cancel')).rejects.toThrow('app is not updating');
    const { id } = await promotions.begin(aPromotion({ app }));
    const { hold } = await records.acquire({ app, id, attempt: 1 });
    await records.activate(hold, 'RAAAAACAAAA');

    const late = promotions.requestCancel(app, 'cancel');

    await expect(late).rejects.toThrow(TooLateToCancelError);
    await expect(late).rejects.toThrow('release RAAAAACAAAA is active already');
    expect(await records.renew(hold)).toEqual({ cancel: undefined });
    await records.settle(hold, { outcome: 'Promoted', reason: '', cause: '' });
    await expect(promotions.requestCancel(app, 'abandon')).rejects.toThrow(AppNotUpdatingError);
  });

  test(`${name}: does not carry a request to stop into the next promotion`, async () => {
    const { promotions, records, app } = await bedWithApp();
    const first = await promotions.begin(aPromotion({ app }));
    const { hold } = await records.acquire({ app, id: first.id, attempt: 1 });
    await promotions.requestCancel(app, 'cancel');
    await records.settle(hold, { outcome: 'Reverted', reason: '', cause: '' });

    const second = await promotions.begin(aPromotion({ app }));
    const next = await records.acquire({ app, id: second.id, attempt: 1 });

    expect(await records.renew(next.hold)).toEqual({ cancel: undefined });
  });

  test(`${name}: lets exactly one count the next attempt`, async () => {
    const { promotions, app } = await bedWithApp();
    const { id } = await promotions.begin(aPromotion({ app }));

    const counted = await Promise.all(
      Array.from({ length: 5 }, () => promotions.countAttempt({ app, id, attempt: 2 }))
    );

    expect(counted.filter(Boolean)).toHaveLength(1);
    expect((await promotions.find(app, id))?.attempt).toBe(2);
    expect(await promotions.countAttempt({ app, id, attempt: 4 })).toBe(false);
    expect(await promotions.countAttempt({ app, id: 'PZZZZZZZZZZ', attempt: 2 })).toBe(false);
  });
};
