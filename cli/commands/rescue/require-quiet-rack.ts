import { type App, getApp } from '#contracts/apps.ts';
import { getSystem } from '#contracts/system.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';

interface Target {
  readonly app: string;
  readonly rack?: string | undefined;
}

const atWork: ReadonlySet<App['status']> = new Set(['updating', 'rollback']);

/**
 * A rescue is for when the rack is out of order. If one is known, answers, and is at work on the app,
 * both would do the same work against each other. No answer is what is expected.
 * @throws CliError
 */
export const requireQuietRack = async (context: Context, target: Target): Promise<void> => {
  const status = await statusOf(context, target).catch(() => undefined);
  if (!status || !atWork.has(status)) return;
  throw new CliError('RackAtWork', `the rack answers, and is at work on ${target.app}: ${status}`, {
    hint: `cancel that with \`rackless apps cancel ${target.app}\`, or add --force if it does not get anywhere`,
  });
};

/** `callAnyway`: waits for seconds, not for a minute. */
const statusOf = async (
  { callAnyway }: Context,
  { app, rack }: Target
): Promise<App['status'] | undefined> => {
  const { name } = await callAnyway(getSystem, {});
  if (rack && name !== rack) return undefined;
  return (await callAnyway(getApp, { name: app })).status;
};
