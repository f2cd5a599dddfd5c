import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync } from 'node:fs';
import type { Home } from './home.ts';
import { lastLines } from './log-tail.ts';
import { logOf, type PartName, type PartRecord, writePart } from './part.ts';
import { PlaneError } from './plane-error.ts';
import { identify, isAlive } from './process-identity.ts';
import { waitUntil } from './wait-until.ts';

export interface PartPlan {
  readonly name: PartName;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** What tells this run from another; see hasSettings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Done when it is sure that it does not run. */
  readonly prepare?: () => void;
  /** True once it does its work; asked again and again. */
  readonly isReady: (record: PartRecord) => boolean | Promise<boolean>;
  /** Milliseconds. */
  readonly readyWithin: number;
}

/** Starts a process that outlives this one, and waits until it is ready. Its log starts anew. */
export const startPart = async (home: Home, plan: PartPlan): Promise<PartRecord> => {
  plan.prepare?.();
  const record = launch(home, plan);
  const settled = await waitUntil(
    async () => !isAlive(record) || (await plan.isReady(record)),
    plan.readyWithin
  );
  if (settled && isAlive(record)) return record;
  throw notReady(plan, record);
};

const launch = (home: Home, plan: PartPlan): PartRecord => {
  const log = freshLog(home, plan.name);
  const output = openSync(log, 'a', 0o600);
  const child = spawn(plan.command, plan.args, {
    cwd: home.root,
    env: plan.environment,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  // The missing pid tells; without a listener the event would end us.
  child.once('error', () => undefined);
  if (child.pid === undefined) throw new PlaneError(`cannot start ${plan.command}`);
  child.unref();
  const record: PartRecord = {
    ...identify(child.pid),
    name: plan.name,
    port: plan.port,
    log,
    settings: plan.settings,
    startedAt: new Date().toISOString(),
  };
  writePart(home, record);
  return record;
};

/** The log of the run before is kept beside the new one. */
const freshLog = (home: Home, name: PartName): string => {
  const log = logOf(home, name);
  try {
    renameSync(log, `${log}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return log;
};

const notReady = (plan: PartPlan, record: PartRecord): PlaneError => {
  const what = isAlive(record)
    ? `did not get ready within ${plan.readyWithin / 1000} s`
    : 'ended before it was ready';
  return new PlaneError([`the ${plan.name} ${what}`, ...lastLines(record.log)].join('\n  '), {
    hint: `its log is ${record.log}`,
  });
};
