import { execCommand } from '../containers/exec-command.ts';
import type { Container } from '../wire-objects.ts';
import type { PreparedContainer } from './container-preparation.ts';
import type { PodContext } from './pod-context.ts';

type Hook = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

export interface HookRun {
  readonly context: PodContext;
  readonly prepared: PreparedContainer;
  /** In ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Runs an `exec` or `sleep` action. Throws with the output of a command that failed. */
export const runHook = async (
  hook: Hook,
  { context, prepared, timeout, signal }: HookRun
): Promise<void> => {
  const { ledger, clock } = context.node;
  if (hook.sleep !== undefined) {
    await clock.sleep(Math.min(hook.sleep.seconds * 1000, timeout), signal);
  }
  if (hook.exec !== undefined) {
    const description = prepared.exec(hook.exec.command ?? []);
    const { exitCode, output } = await execCommand(description, { ledger, timeout, signal });
    if (exitCode !== 0) {
      throw new Error(
        `command '${(hook.exec.command ?? []).join(' ')}' exited with ${exitCode}: ${output}`
      );
    }
  }
};
