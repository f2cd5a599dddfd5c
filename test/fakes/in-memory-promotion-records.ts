import { type Clock, timestamp } from '#core/clock.ts';
import { OvertakenError, SupersededError } from '#core/errors.ts';
import type { StoryEvent } from '#core/events/event.ts';
import type {
  Acquired,
  Attempt,
  CancelMode,
  Checkpoint,
  End,
  Hold,
  LastLines,
  PromotionRecords,
} from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { takeTurn } from '#core/promotions/turns.ts';
import type { AppRecords, InMemoryRecords } from './in-memory-records.ts';
import { addEvents } from './in-memory-stories.ts';

const lease = 30_000;

export class InMemoryPromotionRecords implements PromotionRecords {
  readonly #records: InMemoryRecords;
  readonly #clock: Clock;

  constructor(records: InMemoryRecords, clock: Clock = Date.now) {
    this.#records = records;
    this.#clock = clock;
  }

  async find(app: string, id: string): Promise<Promotion | undefined> {
    return this.#records.of(app).promotions.get(id);
  }

  async acquire({ app, id, attempt }: Attempt): Promise<Acquired> {
    const records = this.#records.of(app);
    const { lock } = records;
    if (lock.promotion !== id || lock.attempt > attempt) throw lost(app, id);
    const fence = lock.fence + 1;
    records.lock = { ...lock, attempt, fence, lease: this.#clock() + lease };
    return { hold: { app, promotion: id, fence }, waitUntil: lock.lease };
  }

  async renew(hold: Hold): Promise<{ cancel: CancelMode | undefined }> {
    const records = this.#held(hold);
    records.lock = { ...records.lock, lease: this.#clock() + lease };
    return { cancel: records.lock.cancel };
  }

  async change(hold: Hold, change: Parameters<PromotionRecords['change']>[1]): Promise<void> {
    this.#held(hold);
    this.#set(hold, change);
    if (change.status) this.#records.setApp(hold.app, { promotionStatus: change.status });
  }

  async activate(hold: Hold, release: string): Promise<'activated' | 'cancelled'> {
    const records = this.#held(hold);
    if (records.lock.cancel) return 'cancelled';
    records.lock = { ...records.lock, activated: release };
    this.#records.setApp(hold.app, { active: release, degraded: false });
    return 'activated';
  }

  async settle(hold: Hold, { outcome, ...why }: End, last?: LastLines): Promise<void> {
    if ((await this.find(hold.app, hold.promotion))?.status === outcome) return;
    const records = this.#held(hold);
    if (last) await this.saveCheckpoint(hold, last.checkpoint, last.events);
    this.#set(hold, { ...why, status: outcome, ended: timestamp(this.#clock) });
    this.#passOn(hold, records);
    if (outcome === 'Degraded') this.#records.setApp(hold.app, { degraded: true });
  }

  /** To the promotion that waits, or to nobody. */
  #passOn({ app: name }: Hold, records: AppRecords): void {
    const waiting = records.promotions.get(records.lock.queued ?? '');
    records.lock = { attempt: 0, lease: 0, fence: records.lock.fence };
    const app = this.#records.setApp(name, {});
    const { promotion: _promotion, promotionStatus: _status, queued: _queued, ...free } = app;
    records.app = free;
    if (!waiting) return;
    const turn = takeTurn(waiting, free, timestamp(this.#clock));
    records.promotions.set(waiting.id, { ...waiting, ...turn });
    if (turn.status !== 'running') return;
    records.lock = { ...records.lock, promotion: waiting.id };
    this.#records.setApp(name, { promotion: waiting.id, promotionStatus: 'running' });
  }

  async loadCheckpoint(app: string, id: string): Promise<Checkpoint | undefined> {
    return structuredClone(this.#records.of(app).checkpoints.get(id));
  }

  async saveCheckpoint(
    hold: Hold,
    checkpoint: Checkpoint,
    events: readonly StoryEvent[]
  ): Promise<void> {
    const records = this.#held(hold);
    const told = records.stories.get(hold.promotion)?.size ?? 0;
    const last = events.at(-1)?.sequence ?? Number(checkpoint['sequence'] ?? told);
    if (last - events.length !== told) throw new OvertakenError('another function was faster');
    // Kept as JSON: what JSON leaves out is not there afterwards.
    records.checkpoints.set(hold.promotion, JSON.parse(JSON.stringify(checkpoint)));
    addEvents(records, hold.promotion, events);
  }

  #held({ app, promotion, fence }: Hold): AppRecords {
    const records = this.#records.of(app);
    const { lock } = records;
    if (lock.promotion === promotion && lock.fence === fence) return records;
    throw lost(app, promotion);
  }

  #set({ app, promotion }: Hold, change: object): void {
    const { promotions } = this.#records.of(app);
    const before = promotions.get(promotion);
    if (before) promotions.set(promotion, { ...before, ...change });
  }
}

const lost = (app: string, promotion: string): SupersededError =>
  new SupersededError(`promotion ${promotion} no longer has ${app}`);
