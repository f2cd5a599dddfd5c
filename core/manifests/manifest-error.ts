import { DomainError } from '../errors.ts';
import type { Problem } from './problem.ts';

/** A file with thousands of mistakes is not explained better by thousands of lines. */
const MAX_LINES = 50;

interface Found {
  readonly load?: readonly Problem[];
  /** One problem for all variables, because its message is a list of names. */
  readonly requiredEnv?: Problem | undefined;
  readonly validation?: readonly Problem[];
}

/**
 * A manifest that can not be used. `problems` holds all of them; the message is what Convox prints:
 * load errors, `required env: A, B`, then `validation errors:` and a line for each.
 */
export class ManifestError extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'InvalidManifest';
  readonly problems: readonly Problem[];

  constructor({ load = [], requiredEnv, validation = [] }: Found, cause?: unknown) {
    const env = requiredEnv ? [requiredEnv] : [];
    const problems = [...load, ...env, ...validation];
    const lines = [
      ...load.map(withPosition),
      ...env.map((problem) => problem.message),
      ...(validation.length > 0 ? ['validation errors:', ...validation.map(withPosition)] : []),
    ];
    const hint = problems.find((it) => it.hint)?.hint;
    super(shortened(lines).join('\n'), { cause, ...(hint !== undefined && { hint }) });
    this.problems = problems;
  }
}

const withPosition = ({ message, line, column }: Problem): string =>
  `${message} (line ${line}, column ${column})`;

const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= MAX_LINES
    ? lines
    : [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more`];
