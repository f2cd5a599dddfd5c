/** One point in time for several pieces of work: what is late or fails has a substitute. */
export class Deadline {
  readonly #end: Promise<void>;
  #isKept = true;

  constructor(end: Promise<void>) {
    this.#end = end;
  }

  /** False once a substitute had to do. */
  get isKept(): boolean {
    return this.#isKept;
  }

  async within<Result>(work: Promise<Result>, substitute: Result): Promise<Result> {
    const late = Symbol('late');
    const result = await Promise.race([work.catch(() => late), this.#end.then(() => late)]);
    if (result !== late) return result as Result;
    this.#isKept = false;
    return substitute;
  }
}
