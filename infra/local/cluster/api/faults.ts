import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { badRequest, StatusError } from '../status-error.ts';

const fault = z.strictObject({
  /** An HTTP method, or any. */
  method: z.string().optional(),
  /** A regular expression for the path with its query. */
  path: z.string().optional(),
  /** Waits before the request is handled. */
  delayMs: z.number().nonnegative().optional(),
  /** Answers with this status instead of handling the request. */
  status: z.number().int().min(400).max(599).optional(),
  /** Closes the connection without an answer. */
  disconnect: z.boolean().optional(),
  /** The chance that it strikes; 1 when left out. */
  probability: z.number().min(0).max(1).optional(),
  /** How many more times it strikes; without end when left out. */
  times: z.number().int().positive().optional(),
});

const faultsBody = z.strictObject({
  faults: z.array(fault).default([]),
  /** Ends every open watch once, now. */
  dropWatches: z.boolean().optional(),
  /** Forgets the history of changes now: watches from an older version get 410. */
  expireHistory: z.boolean().optional(),
});

export type Fault = z.infer<typeof fault>;
export type FaultsBody = z.infer<typeof faultsBody>;

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

export const parseFaults = (body: unknown): FaultsBody => {
  const parsed = faultsBody.safeParse(body);
  if (!parsed.success) {
    throw badRequest(z.prettifyError(parsed.error));
  }
  return parsed.data;
};

const fits = (each: Fault, method: string, url: string): boolean =>
  (each.method === undefined || each.method === method) &&
  (each.path === undefined || new RegExp(each.path).test(url)) &&
  Math.random() < (each.probability ?? 1);

/** The faults that a test has switched on. */
export class Faults {
  #faults: Fault[] = [];

  get all(): readonly Fault[] {
    return this.#faults;
  }

  replace(faults: readonly Fault[]): void {
    this.#faults = [...faults];
  }

  /** Waits, throws the fault's Status, or gives true when the connection is to be closed. */
  async strike({ method = '', url = '' }: IncomingMessage): Promise<boolean> {
    const struck = this.#faults.find((each) => fits(each, method, url));
    if (struck === undefined) {
      return false;
    }
    this.#count(struck);
    await delay(struck.delayMs ?? 0);
    if (struck.status !== undefined) {
      const reason = reasons[struck.status] ?? 'InternalError';
      const message = 'a fault that was switched on at /_faults';
      throw new StatusError({ code: struck.status, reason, message });
    }
    return struck.disconnect === true;
  }

  #count(struck: Fault): void {
    if (struck.times === undefined) {
      return;
    }
    const left = struck.times - 1;
    this.#faults = this.#faults.flatMap((each) => {
      if (each !== struck) {
        return [each];
      }
      return left === 0 ? [] : [{ ...each, times: left }];
    });
  }
}
