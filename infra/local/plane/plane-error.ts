/** Something that the person at the keyboard can act on; anything else is a bug. */
export class PlaneError extends Error {
  override readonly name = 'PlaneError';
  /** The next step. */
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause });
    this.hint = hint;
  }
}
