import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployHello } from './hello.ts';
import { down } from './plane/down.ts';
import { type PartReport, partLines, status } from './plane/status.ts';
import { up } from './plane/up.ts';

export interface StartOptions {
  readonly home?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly port?: number | undefined;
}

const say = console.log;

/**
 * The plane in the foreground, with an app to play with. It ends with Ctrl-C, or when someone else stops
 * the plane, and leaves no process behind.
 */
export const start = async (options: StartOptions): Promise<void> => {
  const interruption = listenForInterruption();
  try {
    await run(options, interruption);
  } catch (error) {
    if (!interruption.aborted) throw error;
  } finally {
    await down({ home: options.home, progress: say });
  }
};

const run = async (options: StartOptions, signal: AbortSignal): Promise<void> => {
  const plane = await up({ ...options, variables: process.env, progress: say, signal });
  await deployHello(plane, signal);
  await watchParts(options.home, signal);
};

/** Aborted by the first Ctrl-C; further ones only say that it is under way. */
const listenForInterruption = (): AbortSignal => {
  const controller = new AbortController();
  const interrupt = (): void => {
    say(controller.signal.aborted ? 'still stopping' : '\nstopping everything');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return controller.signal;
};

/** Tells of every crash once. It mends nothing by itself: what broke is there to be looked at. */
const watchParts = async (home: string | undefined, signal: AbortSignal): Promise<void> => {
  const told = new Set<string>();
  while (!signal.aborted) {
    const { parts } = status(home);
    if (parts.every(({ state }) => state === 'stopped')) {
      say('the plane was stopped');
      return;
    }
    for (const part of parts.filter(({ state }) => state === 'crashed')) tellOnce(part, told);
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
};

const tellOnce = (part: PartReport, told: Set<string>): void => {
  if (told.has(part.name)) return;
  told.add(part.name);
  for (const line of partLines(part)) say(line);
  say('start it again with `npm run local -- up` in another terminal');
};
