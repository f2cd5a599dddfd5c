import { expect } from '@jest/globals';
import { cancelApp } from '#core/apps/cancel-app.ts';
import { deleteApp } from '#core/apps/delete-app.ts';
import { makeId } from '#core/identifiers.ts';
import type { CancelMode, Hold } from '#core/promotions/ports.ts';
import { isEnded, type Promotion } from '#core/promotions/promotion.ts';
import { recoverPromotions } from '#core/promotions/recover-promotions.ts';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { InMemoryPromotionRuns } from '#test/fakes/in-memory-promotions.ts';
import { aRelease, freshName } from '#test/samples.ts';
import type { RackPorts } from '../apps.ts';

export const releaseId = (number: number): string => makeId('R', number, () => 0);
const wayOf = { promote: {}, queue: { queue: true }, force: { force: true } } as const;
export type Way = keyof typeof wayOf;

/** One app of a real rack, driven through the use cases. */
export class Shop {
  readonly app = freshName();
  readonly runs = new InMemoryPromotionRuns();
  ports: RackPorts;
  readonly holds: Hold[] = [];
  readonly seenEnds = new Map<string, Promotion>();
  readonly time = { now: Date.parse('2026-01-01T00:00:00Z') };

  constructor(ports: RackPorts) {
    this.ports = ports;
  }

  get deps() {
    const found = async (app: string, id: string) => ({ ...aRelease({ app }), id });
    return {
      ...this.ports,
      releases: { ...this.ports.releases, find: found } as RackPorts['releases'],
      promotionRuns: this.runs,
      rack: 'atom',
      cluster: new InMemoryCluster(),
      clock: () => this.time.now,
      pause: async (milliseconds: number) => {
        this.time.now += milliseconds * 20;
      },
    };
  }

  /** The same shop, reached through other ports. */
  with(ports: RackPorts): Shop {
    return Object.create(this, { ports: { value: ports } });
  }

  promote(way: Way, number: number) {
    return promoteRelease(this.deps)(
      { app: this.app, id: releaseId(number), ...wayOf[way] },
      undefined
    );
  }

  cancel(mode: CancelMode) {
    return cancelApp(this.deps)({ name: this.app, abandon: mode === 'abandon' });
  }

  remove() {
    return deleteApp(this.deps)({ name: this.app, forget: false });
  }

  recover() {
    return recoverPromotions(this.deps)({ app: this.app });
  }

  /** As Prepare does it, in the execution that was started last. */
  async acquire(): Promise<Hold | undefined> {
    const run = this.runs.started.at(-1);
    if (!run) return undefined;
    const { hold } = await this.ports.records.acquire(run);
    this.holds.push(hold);
    return hold;
  }

  all(): Promise<readonly Promotion[]> {
    return this.ports.promotions.list(this.app, { limit: 1000 });
  }
}

/** What holds after every step, whatever came before, also with others at work. */
export const expectOrder = async (shop: Shop): Promise<void> => {
  const [app, all] = [await shop.ports.apps.find(shop.app), await shop.all()];
  const ids = (status: (it: Promotion) => boolean) => all.filter(status).map((it) => it.id);
  expect(ids((it) => it.status === 'queued')).toEqual(app?.queued ? [app.queued] : []);
  expect(ids((it) => it.status !== 'queued' && !isEnded(it))).toEqual(
    app?.promotion ? [app.promotion] : []
  );
  if (app?.queued) expect(app.promotion).toBeDefined();
  for (const it of all.filter(isEnded)) {
    expect(it).toEqual(shop.seenEnds.get(it.id) ?? it);
    shop.seenEnds.set(it.id, it);
  }
  expect(new Set(shop.holds.map((it) => it.fence)).size).toBe(shop.holds.length);
  const started = shop.runs.started.map((it) => `${it.id} ${it.attempt}`);
  expect(started).toEqual([...new Set(started)]);
  const neverRan = all.filter((it) => it.attempt === 0 && it.status !== 'running');
  expect(shop.runs.started.filter((it) => neverRan.some(({ id }) => id === it.id))).toEqual([]);
};
