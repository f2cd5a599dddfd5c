import { AppNotUpdatingError, AppUpdatingError, ConflictError } from '#core/errors.ts';
import type { Attempt, CancelMode, PromotionRuns, Promotions } from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { type InMemoryRecords, newestFirst } from './in-memory-records.ts';

export class InMemoryPromotions implements Promotions {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async list(
    app: string,
    { release, limit }: { release?: string; limit: number }
  ): Promise<readonly Promotion[]> {
    return newestFirst(this.#records.of(app).promotions)
      .filter((it) => !release || it.release === release)
      .slice(0, limit);
  }

  async find(app: string, id: string): Promise<Promotion | undefined> {
    return this.#records.of(app).promotions.get(id);
  }

  async begin(promotion: Omit<Promotion, 'id'>): Promise<Promotion> {
    const { app } = promotion;
    const id = this.#records.nextId('P', app);
    const records = this.#records.of(app);
    if (records.lock.promotion) throw new AppUpdatingError();
    if (records.app?.deleting) throw new ConflictError(`app is being deleted: ${app}`);
    if ((records.app?.active ?? '') !== promotion.previous) throw new AppUpdatingError();
    const begun = { ...promotion, id };
    const { fence, lease } = records.lock;
    records.lock = { promotion: id, attempt: 1, fence, lease };
    records.promotions.set(id, begun);
    this.#records.setApp(app, { promotion: id, promotionStatus: 'running' });
    return begun;
  }

  async requestCancel(app: string, mode: CancelMode): Promise<void> {
    const records = this.#records.of(app);
    const { promotion, activated, cancel } = records.lock;
    if (!promotion || activated) throw new AppNotUpdatingError();
    records.lock = { ...records.lock, cancel: mode === 'abandon' ? mode : (cancel ?? mode) };
  }

  async countAttempt({ app, id, attempt }: Attempt): Promise<boolean> {
    const { promotions } = this.#records.of(app);
    const promotion = promotions.get(id);
    if (promotion?.attempt !== attempt - 1) return false;
    promotions.set(id, { ...promotion, attempt });
    return true;
  }
}

/** Knows which executions were started and which still go on. */
export class InMemoryPromotionRuns implements PromotionRuns {
  readonly started: Attempt[] = [];
  readonly #ended = new Set<string>();
  isBroken = false;

  async start({ app, id, attempt }: Attempt): Promise<void> {
    if (this.isBroken) throw new Error('the state machine does not start');
    this.started.push({ app, id, attempt });
  }

  async isRunning({ id, attempt }: Attempt): Promise<boolean> {
    const key = `${id}-${attempt}`;
    return !this.#ended.has(key) && this.started.some((it) => `${it.id}-${it.attempt}` === key);
  }

  /** Every execution so far is gone, as after a crash of the emulator. */
  die(): void {
    for (const { id, attempt } of this.started) this.#ended.add(`${id}-${attempt}`);
  }
}
