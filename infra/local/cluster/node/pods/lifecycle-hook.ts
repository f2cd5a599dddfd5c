import type { Clock } from '../clock.ts';
import type { Container } from '../wire-objects.ts';
import { type ProbeTarget, performProbe } from './perform-probe.ts';

type Hook = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

export interface HookRun {
  readonly clock: Clock;
  readonly target: ProbeTarget;
  /** In ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Runs an `exec`, `httpGet`, `tcpSocket` or `sleep` action. Throws when it fails. */
export const runHook = async (hook: Hook, run: HookRun): Promise<void> => {
  const { clock, target, timeout, signal } = run;
  if (hook.sleep !== undefined) {
    await clock.sleep(Math.min(hook.sleep.seconds * 1000, timeout), signal);
    return;
  }
  const { ok, message } = await performProbe({ ...hook, timeoutSeconds: timeout / 1000 }, target);
  if (!ok) {
    throw new Error(message);
  }
};
