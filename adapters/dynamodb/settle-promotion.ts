import type { App } from '#core/apps/app.ts';
import { SupersededError } from '#core/errors.ts';
import type { End, Hold } from '#core/promotions/ports.ts';
import { type Turn, takeTurn } from '#core/promotions/turns.ts';
import { keys } from './keys.ts';
import {
  changeWaiting,
  findPromotion,
  isAsRead,
  type Lock,
  readItem,
  readLock,
  type Write,
} from './promotion-lock.ts';
import { recordIn, setFields, type Table } from './table.ts';
import { transactAsRead } from './transact-as-read.ts';

interface Ending {
  readonly hold: Hold;
  readonly end: End;
  readonly lock: Lock;
  readonly next: Next | undefined;
}

/** The promotion that waits, and what becomes of it. */
interface Next {
  readonly id: string;
  readonly turn: Turn;
}

/** What is written with the end. */
interface Companions {
  readonly writes: readonly Write[];
  /** Throws when one of their conditions does not hold. */
  readonly check: () => Promise<void>;
}

interface Request extends Pick<Ending, 'hold' | 'end'> {
  readonly last: Companions | undefined;
}

/** See `PromotionRecords.settle`; `now` in RFC 3339. */
export const settlePromotion = async (
  table: Table,
  { hold, end, last }: Request,
  now: string
): Promise<void> => {
  const { app, promotion } = hold;
  let tries = 0;
  const before = await findPromotion(table, app, promotion);
  if (before?.status === end.outcome) return;
  await transactAsRead(table, async () => {
    const lock = await readLock(table, app);
    if (lock.promotion !== promotion || lock.fence !== hold.fence) {
      throw new SupersededError(`promotion ${promotion} no longer has ${app}`);
    }
    if (tries++ > 0) await last?.check();
    const next = await nextTurn(table, { app, id: lock.queued }, now);
    return [...writes(table, { hold, end, lock, next }, now), ...(last?.writes ?? [])];
  });
};

const nextTurn = async (
  table: Table,
  { app, id }: { readonly app: string; readonly id: string | undefined },
  now: string
): Promise<Next | undefined> => {
  if (!id) return undefined;
  const [waiting, item] = await Promise.all([
    findPromotion(table, app, id),
    readItem(table, keys.app(app)),
  ]);
  return waiting && { id, turn: takeTurn(waiting, recordIn<App>(item ?? {}), now) };
};

const writes = (table: Table, ending: Ending, now: string): Write[] => {
  const { hold, end, next } = ending;
  const { outcome, ...why } = end;
  const ended = {
    Update: {
      TableName: table.name,
      Key: keys.promotion(hold.app, hold.promotion),
      ...setFields({ ...why, status: outcome, ended: now }),
    },
  };
  const turn = next ? [changeWaiting(table, { app: hold.app, id: next.id }, next.turn)] : [];
  return [passLock(table, ending), ended, passApp(table, ending), ...turn];
};

const follower = (next: Next | undefined): string | undefined =>
  next?.turn.status === 'running' ? next.id : undefined;

/** The fence stays: the next holder raises it. */
const passLock = ({ name }: Table, { hold, lock, next }: Ending): Write => {
  const { condition, values } = isAsRead(lock);
  const id = follower(next);
  return {
    Update: {
      TableName: name,
      Key: keys.lock(hold.app),
      UpdateExpression: id
        ? 'SET promotion = :next, attempt = :none REMOVE queued, lease, cancel, activated'
        : 'REMOVE promotion, attempt, queued, lease, cancel, activated',
      ConditionExpression: `${condition} AND fence = :fence`,
      ExpressionAttributeValues: {
        ...values,
        ':fence': hold.fence,
        ...(id && { ':next': id, ':none': 0 }),
      },
    },
  };
};

const passApp = ({ name }: Table, { hold, end, next }: Ending): Write => {
  const id = follower(next);
  const degraded = end.outcome === 'Degraded';
  const set = [
    ...(degraded ? ['degraded = :yes'] : []),
    ...(id ? ['promotion = :next', 'promotionStatus = :running'] : []),
  ];
  const values = {
    ...(degraded && { ':yes': true }),
    ...(id && { ':next': id, ':running': 'running' }),
  };
  return {
    Update: {
      TableName: name,
      Key: keys.app(hold.app),
      UpdateExpression: [
        ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
        id ? 'REMOVE queued' : 'REMOVE promotion, promotionStatus, queued',
      ].join(' '),
      // What is being deleted goes on with nothing.
      ...(id && { ConditionExpression: 'attribute_not_exists(deleting)' }),
      ...(set.length > 0 && { ExpressionAttributeValues: values }),
    },
  };
};
