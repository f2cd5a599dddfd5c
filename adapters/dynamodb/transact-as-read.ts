import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { UnavailableError } from '#core/errors.ts';
import { failedConditions } from './failed-condition.ts';
import type { Write } from './promotion-lock.ts';
import type { Table } from './table.ts';

/** Each time somebody else was faster; of many at once one gets on each time. */
const tries = 60;

/**
 * Reads and then writes what follows from it, again until nothing has changed in between: each write
 * must be conditional on what was read. `read` gives undefined when there is nothing to write, and
 * throws what is wrong.
 */
export const transactAsRead = async (
  { client }: Table,
  read: () => Promise<Write[] | undefined>
): Promise<void> => {
  let cause: unknown;
  for (let count = 0; count < tries; count++) {
    const TransactItems = await read();
    if (!TransactItems) return;
    try {
      await client.send(new TransactWriteCommand({ TransactItems }));
      return;
    } catch (error) {
      if (failedConditions(error).length === 0) throw error;
      cause = error;
    }
  }
  throw new UnavailableError('too many changes of one app at once', { hint: 'try again', cause });
};
