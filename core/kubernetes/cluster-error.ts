import { DomainError, type ErrorKind, type ErrorOptions } from '../errors.ts';

/** The API server's own answer: a `Status` object with a reason. */
export class ClusterError extends DomainError {
  readonly kind: ErrorKind;
  readonly code = 'ClusterRefused';
  /** The HTTP status, such as 409. */
  readonly status: number;
  /** The machine's word for it, such as `AlreadyExists`, `Conflict`, `Forbidden`. */
  readonly reason: string;

  constructor(status: number, answer: { reason: string; message: string }, options?: ErrorOptions) {
    super(answer.message, options);
    this.status = status;
    this.reason = answer.reason;
    this.kind = status === 404 ? 'not-found' : status === 409 ? 'conflict' : 'invalid';
  }
}

/** No answer, or one that only says "not now" (429, 5xx). It is never a verdict on a release. */
export class ClusterUnreachableError extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'ClusterUnreachable';
}

export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof ClusterError && error.status === status;

/** The API server's no, or its silence: anything else that is thrown is not about the cluster. */
export const isOfCluster = (error: unknown): error is ClusterError | ClusterUnreachableError =>
  error instanceof ClusterError || error instanceof ClusterUnreachableError;
