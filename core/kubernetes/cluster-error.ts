import { DomainError, type ErrorKind, type ErrorOptions } from '../errors.ts';
import {
  grantHint,
  type MissingPermission,
  missingPermission,
  permissionText,
} from './missing-permission.ts';

/** One of the reasons in the `details` of a `Status`. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface ClusterAnswer {
  readonly reason: string;
  readonly message: string;
  readonly details?: { readonly causes?: readonly StatusCause[] } | undefined;
}

/** The API server's own answer: a `Status` object with a reason. */
export class ClusterError extends DomainError {
  readonly kind: ErrorKind;
  readonly code = 'ClusterRefused';
  /** The HTTP status, such as 409. */
  readonly status: number;
  /** The machine's word for it, such as `AlreadyExists`, `Conflict`, `Forbidden`. */
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  /** Set when it is the rack's roles that don't allow it. */
  readonly missing: MissingPermission | undefined;

  constructor(status: number, answer: ClusterAnswer, options: ErrorOptions = {}) {
    const missing = missingPermission(status, answer.message);
    super(
      missing ? `the rack (${missing.user}) may not ${permissionText(missing)}` : answer.message,
      missing ? { ...options, hint: grantHint(missing) } : options
    );
    this.status = status;
    this.reason = answer.reason;
    this.causes = answer.details?.causes ?? [];
    this.missing = missing;
    this.kind = kindOf(this);
  }
}

/** Credentials, roles and a namespace that is going are for time or an admin to mend. */
const kindOf = ({ status, missing, causes }: Omit<ClusterError, 'kind'>): ErrorKind => {
  const isLeaving = causes.some((it) => it.reason === 'NamespaceTerminating');
  if (status === 401 || missing || isLeaving) return 'unavailable';
  return status === 404 ? 'not-found' : status === 409 ? 'conflict' : 'invalid';
};

/** No answer, or one that only says "not now" (429, 5xx). It is never a verdict on a release. */
export class ClusterUnreachableError extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'ClusterUnreachable';
}

/** No request has ended, in one way or another: nothing new is known. */
export class ClusterSilentError extends ClusterUnreachableError {
  constructor() {
    super('the cluster does not answer');
  }
}

export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof ClusterError && error.status === status;

/** The rack is not known, or its roles don't allow it. A quota's or an admission's 403 is no such thing. */
export const isRefusedAccess = (error: unknown): error is ClusterError =>
  error instanceof ClusterError && (error.status === 401 || error.missing !== undefined);

/** The API server's no, or its silence: anything else that is thrown is not about the cluster. */
export const isOfCluster = (error: unknown): error is ClusterError | ClusterUnreachableError =>
  error instanceof ClusterError || error instanceof ClusterUnreachableError;
