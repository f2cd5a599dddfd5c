import { timestamp } from '#core/clock.ts';
import {
  AppNotUpdatingError,
  AppUpdatingError,
  ConflictError,
  ExpiredError,
  TooLateToCancelError,
} from '#core/errors.ts';
import type { Attempt, CancelMode, PromotionRuns, Promotions } from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { isNewer, replacedBy, takenBack } from '#core/promotions/turns.ts';
import { type InMemoryRecords, type Lock, newestFirst } from './in-memory-records.ts';

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
    this.#refuseExpired(promotion);
    const begun = { ...promotion, id };
    const { fence, lease } = records.lock;
    records.lock = { promotion: id, attempt: 1, fence, lease };
    records.promotions.set(id, begun);
    this.#records.setApp(app, { promotion: id, promotionStatus: 'running' });
    return begun;
  }

  async queue(
    promotion: Omit<Promotion, 'id'>,
    { force }: { readonly force: boolean }
  ): Promise<Promotion | undefined> {
    const { app } = promotion;
    const records = this.#records.of(app);
    const { lock, promotions } = records;
    if (!lock.promotion) return undefined;
    if (records.app?.deleting) throw new ConflictError(`app is being deleted: ${app}`);
    this.#refuseExpired(promotion);
    const running = promotions.get(lock.promotion);
    const behind = { promotion: lock.promotion, release: running?.release ?? '' };
    const queued = { ...promotion, id: this.#records.nextId('P', app), behind };
    const waiting = promotions.get(lock.queued ?? '');
    if (waiting && !force && !isNewer(queued, waiting)) throw new AppUpdatingError();
    if (waiting) promotions.set(waiting.id, { ...waiting, ...replacedBy(queued, queued.started) });
    promotions.set(queued.id, queued);
    records.lock = { ...lock, queued: queued.id, ...(force && stopping(lock, 'cancel')) };
    this.#records.setApp(app, { queued: queued.id });
    return queued;
  }

  #refuseExpired({ app, release }: Pick<Promotion, 'app' | 'release'>): void {
    const { expired } = this.#records.of(app).releases.get(release) ?? {};
    if (expired) throw new ExpiredError('release', release);
  }

  async requestCancel(app: string, mode: CancelMode): Promise<void> {
    const records = this.#records.of(app);
    const { lock, promotions } = records;
    if (!lock.promotion) throw new AppNotUpdatingError();
    if (lock.activated && !lock.queued) throw new TooLateToCancelError(lock.activated);
    const waiting = promotions.get(lock.queued ?? '');
    if (waiting) promotions.set(waiting.id, { ...waiting, ...takenBack(timestamp(Date.now)) });
    records.lock = { ...lock, ...stopping(lock, mode), queued: undefined };
    this.#records.setApp(app, { queued: undefined });
  }

  async countAttempt({ app, id, attempt }: Attempt): Promise<boolean> {
    const { promotions } = this.#records.of(app);
    const promotion = promotions.get(id);
    if (promotion?.attempt !== attempt - 1) return false;
    promotions.set(id, { ...promotion, attempt });
    return true;
  }
}

/** Who has given the app up does not get the rollback back; what is active stays so. */
const stopping = ({ activated, cancel }: Lock, mode: CancelMode): Partial<Lock> =>
  activated ? {} : { cancel: mode === 'abandon' ? mode : (cancel ?? mode) };

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
