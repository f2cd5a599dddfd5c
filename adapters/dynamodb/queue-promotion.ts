import { AppUpdatingError, ConflictError, ExpiredError } from '#core/errors.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { isNewer, replacedBy } from '#core/promotions/turns.ts';
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
import { hasNotExpired, nextId, putNew } from './sequenced-record.ts';
import type { Table } from './table.ts';
import { transactAsRead } from './transact-as-read.ts';

interface Entry {
  readonly promotion: Promotion;
  readonly waiting: Promotion | undefined;
  readonly lock: Lock;
  readonly force: boolean;
}

/** See `Promotions.queue`. */
export const queuePromotion = async (
  table: Table,
  promotion: Omit<Promotion, 'id'>,
  { force }: { readonly force: boolean }
): Promise<Promotion | undefined> => {
  const { app } = promotion;
  let entry: Entry | undefined;
  await transactAsRead(table, async () => {
    const lock = await readLock(table, app);
    const id = entry?.promotion.id ?? (lock.promotion && (await nextId(table, 'P', app)));
    entry = id ? await makeEntry(table, { ...promotion, id }, { lock, force }) : undefined;
    return entry && writes(table, entry);
  });
  return entry?.promotion;
};

const makeEntry = async (
  table: Table,
  promotion: Promotion,
  { lock, force }: Pick<Entry, 'lock' | 'force'>
): Promise<Entry | undefined> => {
  if (!lock.promotion) return undefined;
  const { app } = promotion;
  const [running, waiting, going, release] = await Promise.all([
    findPromotion(table, app, lock.promotion),
    lock.queued ? findPromotion(table, app, lock.queued) : undefined,
    isGoing(table, app),
    readItem(table, keys.release(app, promotion.release)),
  ]);
  if (going) throw new ConflictError(`app is being deleted: ${app}`);
  if (release?.['expired']) throw new ExpiredError('release', promotion.release);
  if (waiting && !force) refuseOlder(promotion, waiting);
  const behind = { promotion: lock.promotion, release: running?.release ?? '' };
  return { promotion: { ...promotion, behind }, waiting, lock, force };
};

const refuseOlder = (promotion: Promotion, waiting: Promotion): void => {
  if (isNewer(promotion, waiting)) return;
  throw new AppUpdatingError({
    hint: `promotion ${waiting.id} of release ${waiting.release} waits already, and is newer`,
  });
};

/** Whether an app takes nothing new: it is being deleted, or not there. */
export const isGoing = async (table: Table, app: string): Promise<boolean> => {
  const item = await readItem(table, keys.app(app));
  return !item || item['deleting'] === true;
};

const writes = (table: Table, entry: Entry): Write[] => {
  const { promotion, waiting } = entry;
  const { app, id, started } = promotion;
  return [
    takePlace(table, entry),
    showQueued(table, promotion),
    putNew(table, { ...keys.promotion(app, id), ...promotion }),
    hasNotExpired(table, keys.release(app, promotion.release)),
    ...(waiting ? [changeWaiting(table, waiting, replacedBy(promotion, started))] : []),
  ];
};

/** Who has given the app up does not get the rollback back by force. */
const takePlace = ({ name }: Table, { promotion, lock, force }: Entry): Write => {
  const { condition, values } = isAsRead(lock);
  const stops = force && !lock.activated;
  return {
    Update: {
      TableName: name,
      Key: keys.lock(promotion.app),
      UpdateExpression: `SET queued = :next${stops ? ', cancel = if_not_exists(cancel, :cancel)' : ''}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: {
        ...values,
        ':next': promotion.id,
        ...(stops && { ':cancel': 'cancel' }),
      },
    },
  };
};

const showQueued = ({ name }: Table, { app, id }: Promotion): Write => ({
  Update: {
    TableName: name,
    Key: keys.app(app),
    UpdateExpression: 'SET queued = :id',
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(deleting)',
    ExpressionAttributeValues: { ':id': id },
  },
});
