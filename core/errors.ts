export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unavailable';

export interface ErrorOptions {
  /** The next step, in domain words. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A failure the caller can act on. Anything else that is thrown is a bug. */
export abstract class DomainError extends Error {
  abstract readonly kind: ErrorKind;
  abstract readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

export class InvalidRequestError extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'InvalidRequest';
}

export class UnauthenticatedError extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'Unauthenticated';
}

export class PermissionDeniedError extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'PermissionDenied';
}

export class NotFoundError extends DomainError {
  readonly kind = 'not-found';
  readonly code = 'NotFound';
}

export class ConflictError extends DomainError {
  readonly kind = 'conflict';
  readonly code: string = 'Conflict';
}

/** Another release has become the latest one meanwhile. */
export class NewerReleaseError extends ConflictError {}

/** What a release or build refers to is gone, or going. */
export class ExpiredError extends ConflictError {
  override readonly code = 'Expired';

  constructor(kind: 'release' | 'build', id: string, options: { readonly cause?: unknown } = {}) {
    const next =
      kind === 'release' ? 'deploy again, or take a release that is kept' : 'build again';
    super(`${kind} has expired: ${id}`, { ...options, hint: `its images are gone: ${next}` });
  }
}

/** Convox answers a promote during a promotion with 403 and exactly this text. */
export class AppUpdatingError extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'AppUpdating';

  constructor(options: ErrorOptions = {}) {
    super('app is currently updating', options);
  }
}

/** The same on `apps cancel` when there is nothing to cancel. */
export class AppNotUpdatingError extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'AppNotUpdating';

  constructor(options: ErrorOptions = {}) {
    super('app is not updating', options);
  }
}

/** The promotion is past its point of no return. */
export class TooLateToCancelError extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'TooLateToCancel';

  constructor(release: string, options: ErrorOptions = {}) {
    super(`too late to cancel: release ${release} is active already`, options);
  }
}

export class TooLargeError extends DomainError {
  readonly kind = 'too-large';
  readonly code = 'TooLarge';
}

/** Something outside (the cluster, a registry) can't be reached now. */
export class UnavailableError extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'Unavailable';
}

/** Another function of the same execution has written meanwhile: the task starts over from there. */
export class OvertakenError extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'Overtaken';
}

/** A later attempt has taken the app over: whatever this task was about to write, it must not. */
export class SupersededError extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'Superseded';
}
