import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';

/** A condition of a single write did not hold. */
export const isFailedCondition = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException;

/** Which writes of a cancelled transaction had a condition that did not hold, by position. */
export const failedConditions = (error: unknown): readonly number[] => {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).flatMap((reason, at) =>
    reason.Code === 'ConditionalCheckFailed' ? [at] : []
  );
};

/** Another transaction was at work on the same items, and nothing else was wrong. */
export const isTransactionConflict = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  failedConditions(error).length === 0 &&
  (error.CancellationReasons ?? []).some((reason) => reason.Code === 'TransactionConflict');
