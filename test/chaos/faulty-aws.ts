import {
  InternalServerError,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import type { Fault } from './plan.ts';

type AwsFault = Extract<Fault, { readonly kind: 'aws' }>;
type Next = (args: unknown) => Promise<unknown>;

/** The part of an AWS client that all have in common. */
interface Client {
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => Next,
      options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string }
    ): void;
  };
}

const $metadata = {};

/** The connection broke: whether the request has done its work, the client can't know. */
const lostAnswer = (): Error =>
  Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $metadata });

const throttled = (): Error =>
  new ProvisionedThroughputExceededException({ message: 'slow down', $metadata });

const conflicted = (): Error =>
  Object.assign(new Error('another transaction is at work'), {
    name: 'TransactionConflictException',
    $retryable: { throttling: false },
    $metadata,
  });

const down = (): Error => new InternalServerError({ message: 'try again later', $metadata });

/** Counts the requests of all AWS clients of a promotion, each try of the SDK as one. */
export class FaultyAws {
  readonly #faults: readonly AwsFault[];
  #requests = 0;
  readonly struck: string[] = [];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults.filter((it) => it.kind === 'aws');
  }

  spoil<Spoilt>(client: Spoilt): Spoilt {
    (client as Client).middlewareStack.add((next) => (args) => this.#send(next, args), {
      step: 'deserialize',
      priority: 'low',
      name: 'chaos',
    });
    return client;
  }

  async #send(next: Next, args: unknown): Promise<unknown> {
    this.#requests += 1;
    const at = this.#requests;
    const fault = this.#faults.find((it) => at >= it.request && at < it.request + lengthOf(it));
    if (!fault) return next(args);
    this.struck.push(`request ${at}: ${fault.how}`);
    if (fault.how === 'throttle') throw throttled();
    if (fault.how === 'conflict') throw conflicted();
    if (fault.how === 'outage') throw down();
    await next(args);
    throw lostAnswer();
  }
}

/** An outage outlasts the SDK's own tries. */
const lengthOf = ({ how, times }: AwsFault): number => (how === 'outage' ? times * 4 : times);
