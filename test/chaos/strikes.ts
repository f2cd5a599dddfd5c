import type { ApiFault, ChaosPlan, Fault } from './plan.ts';

/** How an invocation of a function ends when it does not end by itself; the names are those of AWS. */
export class FunctionDiedError extends Error {
  constructor() {
    super('the function is gone');
    this.name = 'Lambda.Unknown';
  }
}

/** Takes the execution along: nothing tries the task again. */
export class ExecutionLostError extends Error {
  constructor() {
    super('the execution is gone');
    this.name = 'ExecutionLostError';
  }
}

/** What the dead get from every call. */
class DeadError extends Error {
  constructor() {
    super('this function is dead');
    this.name = 'DeadError';
  }
}

/** One invocation of a function; `end` lets the machine go on without it. */
export class Life {
  #isDead = false;
  #end: (error: Error) => void = () => undefined;
  readonly ended: Promise<never>;

  constructor() {
    this.ended = new Promise<never>((_, reject) => {
      this.#end = reject;
    });
    this.ended.catch(() => undefined);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** For the machine only: the function itself may go on. */
  giveUp(error: Error): void {
    this.#end(error);
  }

  die(error: Error): DeadError {
    this.#isDead = true;
    this.#end(error);
    return new DeadError();
  }
}

type Striking = Extract<Fault, { readonly call: number }>;

export interface Outside {
  readonly spoilCluster: (how: ApiFault, milliseconds: number) => Promise<void>;
  readonly cancel: () => Promise<void>;
}

/** Counts the calls of all functions of a promotion, and lets the faults of its plan strike. */
export class Strikes {
  readonly #faults: readonly Striking[];
  readonly #outside: Outside;
  #calls = 0;
  /** What has come to pass, in order. */
  readonly struck: string[] = [];
  /** Functions that sleep, or go on although nobody waits for them any more. */
  readonly #zombies = new Set<Promise<unknown>>();

  constructor({ faults }: ChaosPlan, outside: Outside) {
    this.#faults = faults.filter((it) => 'call' in it);
    this.#outside = outside;
  }

  /** The same port in the hands of one invocation. */
  within<Port extends object>(port: Port, life: Life): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) =>
          this.#call(life, String(name), () => method.apply(target, args));
      },
    });
  }

  /** An invocation that may outlive its machine's interest. */
  watchOver(work: Promise<unknown>): void {
    const settled = work.then(
      () => undefined,
      () => undefined
    );
    this.#zombies.add(settled);
  }

  /** Until no function of the promotion does anything any more. */
  async allQuiet(): Promise<void> {
    await Promise.all(this.#zombies);
  }

  async #call(life: Life, name: string, call: () => unknown): Promise<unknown> {
    this.#calls += 1;
    const due = this.#faults.filter((it) => it.call === this.#calls);
    for (const fault of due) await this.#strike(life, fault, name);
    if (life.isDead) throw new FunctionDiedError();
    const result = await call();
    const late = due.find((it) => isDeath(it) && it.when === 'after');
    if (late) throw life.die(errorOf(late));
    if (life.isDead) throw new FunctionDiedError();
    return result;
  }

  async #strike(life: Life, fault: Striking, name: string): Promise<void> {
    this.struck.push(`${this.#calls}: ${fault.kind} at ${name}`);
    if (fault.kind === 'api') await this.#outside.spoilCluster(fault.how, fault.lasts);
    else if (fault.kind === 'cancel') await this.#outside.cancel();
    else if (fault.kind === 'freeze') await sleepOn(life, fault);
    else if (fault.when === 'before') throw life.die(errorOf(fault));
  }
}

type Death = Extract<Fault, { readonly kind: 'kill' | 'lose' }>;

const isDeath = (fault: Fault): fault is Death => fault.kind === 'kill' || fault.kind === 'lose';

const errorOf = ({ kind }: Fault): Error =>
  kind === 'lose' ? new ExecutionLostError() : new FunctionDiedError();

/** The machine goes on without the sleeper, who wakes up and goes on as if nothing had been. */
const sleepOn = async (
  life: Life,
  { sleeps, loses }: Extract<Fault, { readonly kind: 'freeze' }>
): Promise<void> => {
  life.giveUp(loses ? new ExecutionLostError() : new FunctionDiedError());
  await new Promise((resolve) => setTimeout(resolve, sleeps));
};
