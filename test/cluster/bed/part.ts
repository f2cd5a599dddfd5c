import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '#infra/local/plane/json-file.ts';
import { lastLines } from '#infra/local/plane/log-tail.ts';
import { PlaneError } from '#infra/local/plane/plane-error.ts';
import {
  identify,
  isAlive,
  killQuietly,
  type ProcessIdentity,
} from '#infra/local/plane/process-identity.ts';
import { waitUntil } from '#infra/local/plane/wait-until.ts';
import type { Place } from './place.ts';

/** The processes of a cluster, in the order of their start. */
export const partNames = [
  'registry',
  'etcd',
  'apiserver',
  'controller-manager',
  'scheduler',
  'containerd',
  'kubelet',
  'proxy',
] as const;
export type PartName = (typeof partNames)[number];

export interface PartPlan {
  readonly name: PartName;
  readonly command: string;
  readonly args: readonly string[];
  /** True once the next part may start. */
  readonly isReady: () => boolean | Promise<boolean>;
}

const recordOf = (place: Place, name: PartName): string => join(place.parts, `${name}.json`);

const logOf = (place: Place, name: PartName): string => join(place.logs, `${name}.log`);

export const isRunning = (place: Place, name: PartName): boolean => {
  const record = readJsonFile<ProcessIdentity>(recordOf(place, name));
  return record !== undefined && isAlive(record);
};

/** Starts a process that outlives this one. @throws PlaneError with the end of its log. */
export const startPart = async (place: Place, plan: PartPlan): Promise<void> => {
  const log = logOf(place, plan.name);
  const output = openSync(log, 'a', 0o600);
  const child = spawn(plan.command, plan.args, {
    cwd: place.root,
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  // The missing pid tells; without a listener the event would end us.
  child.once('error', () => undefined);
  if (child.pid === undefined) throw new PlaneError(`cannot start ${plan.command}`);
  child.unref();
  const record = identify(child.pid);
  writeJsonFile(recordOf(place, plan.name), record);
  const settled = await waitUntil(async () => !isAlive(record) || (await plan.isReady()), 60_000);
  if (settled && isAlive(record)) return;
  const lines = lastLines(log).map((line) => `\n  ${line}`);
  throw new PlaneError(`${plan.name} is not ready${lines.join('')}`, { hint: `its log is ${log}` });
};

export const stopPart = async (place: Place, name: PartName): Promise<void> => {
  const record = readJsonFile<ProcessIdentity>(recordOf(place, name));
  if (record && isAlive(record) && killQuietly(record.pid, 'SIGTERM')) {
    const ended = await waitUntil(() => !isAlive(record), 10_000);
    if (!ended) killQuietly(record.pid, 'SIGKILL');
  }
  if (existsSync(recordOf(place, name))) rmSync(recordOf(place, name));
};
