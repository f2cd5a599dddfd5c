import { lastLines } from './log-tail.ts';
import { hasSettings, type PartRecord, readPart } from './part.ts';
import { type PartPlan, startPart } from './start-part.ts';
import { stopPart } from './stop-part.ts';
import type { UpRun } from './up-run.ts';

export interface Ensured {
  readonly record: PartRecord;
  /** False when it ran already, as it should. */
  readonly started: boolean;
}

/** Leaves a part running as planned. What was found crashed or stuck is said, never mended in silence. */
export const ensurePart = async (
  { place, progress, signal }: UpRun,
  plan: PartPlan
): Promise<Ensured> => {
  signal?.throwIfAborted();
  const { record, state } = readPart(place, plan.name);
  if (state === 'running' && record) {
    const reason = await reasonToRestart(plan, record);
    if (!reason) return { record, started: false };
    progress(`restarting the ${plan.name}: ${reason}`);
  }
  if (state === 'crashed' && record) {
    progress(
      `the ${plan.name} had crashed; the last lines of ${record.log}, kept as ${record.log}.1:`
    );
    for (const line of lastLines(record.log)) progress(`  ${line}`);
  }
  // Also after a crash: what it started may still run.
  await stopPart(place, plan.name);
  return { record: await startPart(place, plan), started: true };
};

const reasonToRestart = async (plan: PartPlan, record: PartRecord): Promise<string | undefined> => {
  if (!hasSettings(record, plan.settings)) return 'its settings have changed';
  return (await plan.isReady(record)) ? undefined : `it does not answer; see ${record.log}.1`;
};
