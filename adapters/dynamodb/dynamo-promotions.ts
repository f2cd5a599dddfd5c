import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, timestamp } from '#core/clock.ts';
import { AppUpdatingError, ConflictError, ExpiredError } from '#core/errors.ts';
import type { Attempt, CancelMode, Promotions } from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { cancelPromotions } from './cancel-promotions.ts';
import { failedConditions, isFailedCondition } from './failed-condition.ts';
import { keys } from './keys.ts';
import { findPromotion } from './promotion-lock.ts';
import { isGoing, queuePromotion } from './queue-promotion.ts';
import { hasNotExpired, nextId, putNew } from './sequenced-record.ts';
import { beginsWith, queryAll, recordIn, type Table } from './table.ts';

/** What the API sees of promotions. The tasks' side is `DynamoPromotionRecords`. */
export class DynamoPromotions implements Promotions {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock = Date.now) {
    this.#table = table;
    this.#clock = clock;
  }

  async list(
    app: string,
    { release, limit }: { release?: string; limit: number }
  ): Promise<readonly Promotion[]> {
    const query = beginsWith(keys.partition(app), 'PROMOTION#', { backwards: true });
    const wanted = release ? 1000 : limit;
    const items = await queryAll(this.#table, query, wanted);
    const promotions = items.map(recordIn<Promotion>);
    return promotions.filter((it) => !release || it.release === release).slice(0, limit);
  }

  async find(app: string, id: string): Promise<Promotion | undefined> {
    return findPromotion(this.#table, app, id);
  }

  async begin(promotion: Omit<Promotion, 'id'>): Promise<Promotion> {
    const { app } = promotion;
    const id = await nextId(this.#table, 'P', app);
    const begun = { ...promotion, id };
    try {
      await this.#table.client.send(
        new TransactWriteCommand({
          TransactItems: [
            this.#takeLock(app, id),
            putNew(this.#table, { ...keys.promotion(app, id), ...begun }),
            this.#markUpdating(begun),
            hasNotExpired(this.#table, keys.release(app, begun.release)),
          ],
        })
      );
    } catch (cause) {
      throw await this.#beginError(begun, cause);
    }
    return begun;
  }

  async queue(
    promotion: Omit<Promotion, 'id'>,
    options: { readonly force: boolean }
  ): Promise<Promotion | undefined> {
    return queuePromotion(this.#table, promotion, options);
  }

  async requestCancel(app: string, mode: CancelMode): Promise<void> {
    await cancelPromotions(this.#table, { app, mode }, timestamp(this.#clock));
  }

  async countAttempt({ app, id, attempt }: Attempt): Promise<boolean> {
    const { client, name: TableName } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.promotion(app, id),
          UpdateExpression: 'SET attempt = :next',
          ConditionExpression: 'attempt = :last',
          ExpressionAttributeValues: { ':next': attempt, ':last': attempt - 1 },
        })
      );
      return true;
    } catch (error) {
      if (isFailedCondition(error)) return false;
      throw error;
    }
  }

  /** The fence stays when the app is free; only a task that acquires the app raises it. */
  #takeLock(app: string, id: string) {
    return {
      Update: {
        TableName: this.#table.name,
        Key: keys.lock(app),
        UpdateExpression: 'SET promotion = :id, attempt = :one REMOVE cancel, activated',
        ConditionExpression: 'attribute_not_exists(promotion)',
        ExpressionAttributeValues: { ':id': id, ':one': 1 },
      },
    };
  }

  /** Only while `previous` is still what is active: a rollback must not go further back. */
  #markUpdating({ app, id, previous }: Promotion) {
    const isSame = previous ? 'active = :previous' : 'attribute_not_exists(active)';
    return {
      Update: {
        TableName: this.#table.name,
        Key: keys.app(app),
        UpdateExpression: 'SET promotion = :id, promotionStatus = :running',
        ConditionExpression: `attribute_exists(pk) AND attribute_not_exists(deleting) AND ${isSame}`,
        ExpressionAttributeValues: {
          ':id': id,
          ':running': 'running',
          ...(previous && { ':previous': previous }),
        },
      },
    };
  }

  async #beginError({ app, release }: Promotion, cause: unknown): Promise<unknown> {
    const failed = failedConditions(cause);
    if (failed.length === 0) return cause;
    if (failed.includes(3)) return new ExpiredError('release', release, { cause });
    if (!failed.includes(0) && (await isGoing(this.#table, app))) {
      return new ConflictError(`app is being deleted: ${app}`, { cause });
    }
    return new AppUpdatingError({
      cause,
      hint: 'another promotion was faster: queue up behind it',
    });
  }
}
