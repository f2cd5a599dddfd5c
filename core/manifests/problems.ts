import { ManifestError } from './manifest-error.ts';
import type { Problem } from './problem.ts';

/** Aliases let a small file repeat its mistakes millions of times. */
const MAX_PROBLEMS = 1000;
const MAX_LENGTH = 500;

/** Collects everything that is wrong, so that one run shows all of it. */
export class Problems {
  readonly #load: Problem[] = [];
  readonly #validation: Problem[] = [];
  readonly #warnings: Problem[] = [];

  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  /** The file can not be understood, or asks for more than it may: syntax, types, unknown keys, policy. */
  refuse(problem: Problem): void {
    this.#add(this.#load, problem);
  }

  /** It is understood but makes no sense; reported under Convox's own heading. */
  invalid(problem: Problem): void {
    this.#add(this.#validation, problem);
  }

  warn(problem: Problem): void {
    this.#add(this.#warnings, problem);
  }

  /** @throws ManifestError with all problems, if there are any but warnings. */
  throwIfAny(requiredEnv?: Problem): void {
    const found = this.#load.length + this.#validation.length > 0 || requiredEnv !== undefined;
    if (found) throw this.#error(requiredEnv);
  }

  #add(list: Problem[], problem: Problem): void {
    list.push({ ...problem, message: clipped(problem.message) });
    if (this.#load.length + this.#validation.length + this.#warnings.length <= MAX_PROBLEMS) return;
    const { line, column } = problem;
    this.#load.push({ message: 'too many problems, the rest was not read', line, column });
    throw this.#error();
  }

  #error(requiredEnv?: Problem): ManifestError {
    return new ManifestError({ load: this.#load, requiredEnv, validation: this.#validation });
  }
}

/** Messages repeat what the file says, and a key may be as long as the file. */
const clipped = (message: string): string =>
  message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH)}…` : message;
