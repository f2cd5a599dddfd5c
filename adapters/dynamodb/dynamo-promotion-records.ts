import { createHash } from 'node:crypto';
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '#core/clock.ts';
import { timestamp } from '#core/clock.ts';
import type { Documents } from '#core/documents/ports.ts';
import { OvertakenError, SupersededError } from '#core/errors.ts';
import type { StoryEvent } from '#core/events/event.ts';
import type {
  Acquired,
  CancelMode,
  Checkpoint,
  End,
  Hold,
  LastLines,
  PromotionRecords,
} from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { findPromotion, readItem, type Write } from './promotion-lock.ts';
import { settlePromotion } from './settle-promotion.ts';
import { setFields, type Table } from './table.ts';

/** How long a holder may write without renewing; milliseconds. */
const lease = 30_000;
/** A write of the table is billed by the KB, one of the bucket by the piece: larger checkpoints go there. */
const inlineLimit = 8_000;
/** A plan above this stands in the bucket: each checkpoint that held it would be billed for it again. */
const planLimit = 1_000;

/** A checkpoint's item: its text, or the document that holds it; and where its plan stands. */
interface Kept {
  readonly text?: string;
  readonly document?: string;
  readonly plan?: string;
}

/** What the tasks of a promotion keep. Each write is conditional on the fence of its holder. */
export class DynamoPromotionRecords implements PromotionRecords {
  readonly #table: Table;
  readonly #documents: Documents;
  readonly #clock: Clock;
  /** The last one that was written or read. */
  #plan: { readonly key: string; readonly plan: unknown } | undefined;

  constructor(table: Table, documents: Documents, clock: Clock) {
    this.#table = table;
    this.#documents = documents;
    this.#clock = clock;
  }

  async find(app: string, id: string): Promise<Promotion | undefined> {
    return findPromotion(this.#table, app, id);
  }

  async acquire(run: { app: string; id: string; attempt: number }): Promise<Acquired> {
    const now = this.#clock();
    const { client, name: TableName } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.lock(run.app),
          UpdateExpression: 'SET attempt = :attempt, lease = :lease ADD fence :one',
          ConditionExpression: 'promotion = :id AND attempt <= :attempt',
          ExpressionAttributeValues: {
            ':id': run.id,
            ':attempt': run.attempt,
            ':lease': now + lease,
            ':one': 1,
          },
          ReturnValues: 'ALL_OLD',
        })
      );
      return this.#acquired(run, Attributes ?? {});
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw new SupersededError(`promotion ${run.id} no longer has ${run.app}`, { cause });
    }
  }

  #acquired(run: { app: string; id: string }, old: Record<string, unknown>): Acquired {
    return {
      hold: { app: run.app, promotion: run.id, fence: Number(old['fence'] ?? 0) + 1 },
      waitUntil: Number(old['lease'] ?? 0),
    };
  }

  async renew(hold: Hold): Promise<{ cancel: CancelMode | undefined }> {
    const { client, name: TableName } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.lock(hold.app),
          UpdateExpression: 'SET lease = :lease',
          ConditionExpression: 'promotion = :id AND fence = :fence',
          ExpressionAttributeValues: {
            ':lease': this.#clock() + lease,
            ':id': hold.promotion,
            ':fence': hold.fence,
          },
          ReturnValues: 'ALL_NEW',
        })
      );
      return { cancel: Attributes?.['cancel'] as CancelMode | undefined };
    } catch (cause) {
      if (!isFailedCondition(cause)) throw cause;
      throw lost(hold, cause);
    }
  }

  async change(hold: Hold, change: Parameters<PromotionRecords['change']>[1]): Promise<void> {
    const writes = [this.#holds(hold), this.#updatePromotion(hold, change)];
    if (change.status) writes.push(this.#updateApp(hold, { promotionStatus: change.status }));
    await this.#transact(hold, writes);
  }

  /** `activated` on the lock bars a later cancel, also while this task is being repeated. */
  async activate(hold: Hold, release: string): Promise<'activated' | 'cancelled'> {
    const { app, promotion, fence } = hold;
    const mark = {
      Update: {
        TableName: this.#table.name,
        Key: keys.lock(app),
        UpdateExpression: 'SET activated = :release',
        ConditionExpression: 'promotion = :id AND fence = :fence AND attribute_not_exists(cancel)',
        ExpressionAttributeValues: { ':release': release, ':id': promotion, ':fence': fence },
      },
    };
    try {
      const active = this.#updateApp(hold, { active: release, degraded: false });
      await this.#transact(hold, [mark, active]);
      return 'activated';
    } catch (error) {
      if (!(error instanceof SupersededError)) throw error;
      // Either the app is lost, which renewing finds out, or a cancel came first.
      if ((await this.renew(hold)).cancel) return 'cancelled';
      throw error;
    }
  }

  async settle(hold: Hold, end: End, lines?: LastLines): Promise<void> {
    const last = lines && {
      writes: await this.#storyWrites(hold, lines),
      check: () => this.#requireTold(hold, lines),
    };
    await settlePromotion(this.#table, { hold, end, last }, timestamp(this.#clock));
  }

  async #requireTold(hold: Hold, lines: LastLines): Promise<void> {
    const { app, promotion } = hold;
    const told = (await readItem(this.#table, keys.checkpoint(app, promotion)))?.['told'];
    if (told !== undefined && told !== toldBy(lines).from) throw overtaken(hold);
  }

  async loadCheckpoint(app: string, id: string): Promise<Checkpoint | undefined> {
    const item = await readItem(this.#table, keys.checkpoint(app, id));
    if (!item) return undefined;
    const { document, text, plan } = item as Kept;
    const checkpoint = document ? await this.#documents.read(document) : JSON.parse(text ?? '');
    return { ...checkpoint, ...(plan && { plan: await this.#readPlan(plan) }) };
  }

  /** Read once by each process: it never changes under its name. */
  async #readPlan(key: string): Promise<unknown> {
    if (this.#plan?.key !== key) this.#plan = { key, plan: await this.#documents.read(key) };
    return this.#plan.plan;
  }

  async saveCheckpoint(
    hold: Hold,
    checkpoint: Checkpoint,
    events: readonly StoryEvent[]
  ): Promise<void> {
    const writes = await this.#storyWrites(hold, { checkpoint, events });
    await this.#transact(hold, [this.#holds(hold), ...writes]);
  }

  async #storyWrites(hold: Hold, { checkpoint, events }: LastLines): Promise<Write[]> {
    const { app, promotion } = hold;
    const { from, to } = toldBy({ checkpoint, events });
    const kept = await this.#place(hold, checkpoint);
    return [
      {
        Put: {
          TableName: this.#table.name,
          Item: { ...keys.checkpoint(app, promotion), told: to, ...kept },
          ConditionExpression: 'attribute_not_exists(told) OR told = :from',
          ExpressionAttributeValues: { ':from': from },
        },
      },
      ...events.map((event) => ({
        Put: {
          TableName: this.#table.name,
          Item: { ...keys.event(app, promotion, event.sequence), ...event },
        },
      })),
    ];
  }

  /** A large checkpoint stands in the bucket, under a name that its fence makes its own. */
  async #place(hold: Hold, { plan, ...rest }: Checkpoint): Promise<Kept> {
    const key = await this.#placePlan(hold, plan);
    const checkpoint = key ? rest : { ...rest, plan };
    const text = JSON.stringify(checkpoint);
    if (text.length <= inlineLimit) return { text, ...(key && { plan: key }) };
    const document = `${folderOf(hold)}/checkpoint-${hold.fence}-${this.#clock()}.json`;
    await this.#documents.write(document, checkpoint);
    return { document, ...(key && { plan: key }) };
  }

  /** Undefined for one that is small enough to stay in the checkpoint. */
  async #placePlan(hold: Hold, plan: unknown): Promise<string | undefined> {
    if (this.#plan?.plan === plan && this.#plan?.key.startsWith(folderOf(hold))) {
      return this.#plan.key;
    }
    const text = JSON.stringify(plan) ?? '';
    if (text.length <= planLimit) return undefined;
    const key = `${folderOf(hold)}/plan-${createHash('sha256').update(text).digest('hex')}.json`;
    await this.#documents.write(key, plan);
    this.#plan = { key, plan };
    return key;
  }

  async #transact(hold: Hold, writes: Write[]): Promise<void> {
    try {
      await this.#table.client.send(new TransactWriteCommand({ TransactItems: writes }));
    } catch (cause) {
      const failed = failedConditions(cause);
      if (failed.length === 0) throw cause;
      throw failed.includes(0) ? lost(hold, cause) : overtaken(hold, cause);
    }
  }

  #holds({ app, promotion, fence }: Hold) {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: keys.lock(app),
        ConditionExpression: 'promotion = :id AND fence = :fence',
        ExpressionAttributeValues: { ':id': promotion, ':fence': fence },
      },
    };
  }

  #updatePromotion({ app, promotion }: Hold, fields: object): Write {
    return {
      Update: {
        TableName: this.#table.name,
        Key: keys.promotion(app, promotion),
        ...setFields(fields),
      },
    };
  }

  #updateApp({ app }: Hold, fields: object): Write {
    return {
      Update: { TableName: this.#table.name, Key: keys.app(app), ...setFields(fields) },
    };
  }
}

/** Beside the promotion, so that a list of promotions does not read checkpoints. */
const folderOf = ({ app, promotion }: Hold): string => `apps/${app}/promotions/${promotion}`;

/** Where the story must stand before a write, and where it stands after it. */
const toldBy = ({ checkpoint, events }: LastLines) => {
  const last = events.at(-1)?.sequence ?? Number(checkpoint['sequence'] ?? 0);
  return { from: last - events.length, to: last };
};

const overtaken = ({ app, promotion }: Hold, cause?: unknown): OvertakenError =>
  new OvertakenError(`another function works on promotion ${promotion} of ${app}`, { cause });

const lost = ({ app, promotion }: Hold, cause: unknown): SupersededError =>
  new SupersededError(`promotion ${promotion} no longer has ${app}`, { cause });
