import { AppNotUpdatingError, TooLateToCancelError } from '#core/errors.ts';
import type { CancelMode } from '#core/promotions/ports.ts';
import { takenBack } from '#core/promotions/turns.ts';
import { keys } from './keys.ts';
import { changeWaiting, isAsRead, type Lock, readLock, type Write } from './promotion-lock.ts';
import type { Table } from './table.ts';
import { transactAsRead } from './transact-as-read.ts';

interface Cancellation {
  readonly app: string;
  readonly mode: CancelMode;
}

/** See `Promotions.requestCancel`; `now` in RFC 3339. */
export const cancelPromotions = (
  table: Table,
  { app, mode }: Cancellation,
  now: string
): Promise<void> =>
  transactAsRead(table, async () => {
    const lock = await readLock(table, app);
    refuseIdle(lock);
    const waiting = lock.queued ? [{ app, id: lock.queued }] : [];
    return [
      stop(table, { app, mode }, lock),
      ...waiting.flatMap((it) => [changeWaiting(table, it, takenBack(now)), hide(table, app)]),
    ];
  });

const refuseIdle = ({ promotion, activated, queued }: Lock): void => {
  if (!promotion) throw new AppNotUpdatingError();
  if (activated && !queued) {
    throw new TooLateToCancelError(activated);
  }
};

/** Who has given the app up does not get the rollback back by cancelling once more. */
const setCancel: Readonly<Record<CancelMode, string>> = {
  abandon: 'SET cancel = :mode',
  cancel: 'SET cancel = if_not_exists(cancel, :mode)',
};

const stop = ({ name }: Table, { app, mode }: Cancellation, lock: Lock): Write => {
  const { condition, values } = isAsRead(lock);
  const set = lock.activated ? '' : setCancel[mode];
  return {
    Update: {
      TableName: name,
      Key: keys.lock(app),
      UpdateExpression: `${set} REMOVE queued`,
      ConditionExpression: condition,
      ExpressionAttributeValues: { ...values, ...(set && { ':mode': mode }) },
    },
  };
};

const hide = ({ name }: Table, app: string): Write => ({
  Update: { TableName: name, Key: keys.app(app), UpdateExpression: 'REMOVE queued' },
});
