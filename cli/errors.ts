interface Details {
  /** The next step for the reader. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Lines that tell what happened, before the error itself. */
  readonly story?: readonly string[];
}

/** Something a person can act on. Anything else that is thrown is a bug of ours. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly story: readonly string[];
  readonly exitCode: number = 1;

  constructor(code: string, detail: string, { hint, cause, story = [] }: Details = {}) {
    super(detail, { cause });
    this.code = code;
    this.hint = hint;
    this.story = story;
  }
}

/** The command line is wrong: nothing was sent. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;

  constructor(detail: string, details: Details = {}) {
    super('Usage', detail, details);
  }
}

/** A newer release took the place in the queue: for a script, neither done nor broken. */
export class ReplacedError extends CliError {
  override readonly name = 'ReplacedError';
  override readonly exitCode = 3;

  constructor(details: Details) {
    super('Replaced', 'replaced', details);
  }
}

/** The rack answered with an error. */
export class ApiError extends CliError {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(
    status: number,
    problem: { code: string; detail: string; hint?: string | undefined }
  ) {
    super(problem.code, problem.detail, { hint: problem.hint });
    this.status = status;
  }
}

/** No answer from the rack at all. */
export class RackUnreachableError extends CliError {
  override readonly name = 'RackUnreachableError';

  readonly #origin: string;

  constructor(origin: string, cause: unknown, hint?: string) {
    super('RackUnreachable', `cannot reach the rack at ${origin}: ${reasonOf(cause)}`, {
      hint:
        hint ?? 'check that the rack runs and that RACK_URL (or `rackless racks`) has its address',
      cause,
    });
    this.#origin = origin;
  }

  withHint(hint: string): RackUnreachableError {
    return new RackUnreachableError(this.#origin, this.cause, hint);
  }
}

/** The rack was out of reach for longer than we wait. What was started there goes on. */
export class ConnectionLostError extends CliError {
  override readonly name = 'ConnectionLostError';

  constructor({ hint, cause }: Details = {}) {
    super('ConnectionLost', 'the rack could not be reached for 5 minutes', {
      hint: hint ?? 'what was started goes on without this client; look again later',
      cause,
    });
  }
}

/** Ctrl-C. */
export class InterruptedError extends CliError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = 130;

  constructor(detail = 'interrupted', details: Details = {}) {
    super('Interrupted', detail, details);
  }
}

/** fetch hides the system's reason in `cause`, and a refused dual-stack dial in a list there. */
export const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof AggregateError && inner.errors.length > 0) return reasonOf(inner.errors[0]);
  return inner instanceof Error ? inner.message || inner.name : String(inner);
};
