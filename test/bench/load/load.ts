import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { PhaseTally } from './tally.ts';

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** One connection for as long as it lasts, or a new one for every request. */
  readonly keepAlive: boolean;
  /** Between two requests of a connection, milliseconds. */
  readonly pause: number;
  /** It ends by itself after so many seconds. */
  readonly seconds: number;
}

const patience = 5_000;
/** Nobody is there any more, or somebody else. */
const hopeless = 500;

/** Asks again and again, over several connections at once, until it is told to stop. */
export const runLoad = async (
  options: LoadOptions,
  tally: PhaseTally,
  stop: AbortSignal
): Promise<void> => {
  const end = AbortSignal.any([
    stop,
    tally.lost(hopeless),
    AbortSignal.timeout(options.seconds * 1000),
  ]);
  await Promise.all(Array.from({ length: options.connections }, () => client(options, tally, end)));
};

/** Nothing is tried again here: what a client of its own would see is what counts. */
const client = async (options: LoadOptions, tally: PhaseTally, end: AbortSignal): Promise<void> => {
  const agent = new Agent({ keepAlive: options.keepAlive, maxSockets: 1 });
  while (!end.aborted) {
    tally.count(await ask(options.url, agent));
    await pause(options.pause);
  }
  agent.destroy();
};

/** The kind of failure; undefined for a good answer. */
const ask = (url: string, agent: Agent): Promise<string | undefined> =>
  new Promise((resolve) => {
    const asking = request(url, { agent, timeout: patience }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve(answer.statusCode === 200 ? undefined : `status ${answer.statusCode}`);
      });
      answer.on('error', (error) => resolve(kindOf(error)));
    });
    asking.on('timeout', () => asking.destroy(new Error('timeout')));
    asking.on('error', (error) => resolve(kindOf(error)));
    asking.end();
  });

const kindOf = (error: Error & { readonly code?: string }): string => error.code ?? error.message;
