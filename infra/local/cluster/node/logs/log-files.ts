import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PodContainer, PodLogOptions, PodLogs } from '../../pod-logs.ts';
import { badRequest } from '../../status-error.ts';
import type { Pod } from '../wire-objects.ts';
import { keyOf } from '../wire-objects.ts';
import { ContainerLog } from './container-log.ts';
import { readLog } from './read-log.ts';

/** How many runs of a container have their log kept: the current one and the one before. */
const keptRuns = 2;

/** The logs of all containers: `FOLDER/NAMESPACE_POD/UID/CONTAINER/RUN.log`. */
export class LogFiles implements PodLogs {
  readonly #folder: string;
  readonly #live = new Map<string, ContainerLog>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Begins the log of run number `run` (the restart count) of a container. */
  open(pod: Pod, container: string, run: number): ContainerLog {
    const { namespace, name } = keyOf(pod);
    const folder = join(this.#podFolder(namespace, name), pod.metadata?.uid ?? '', container);
    const log = new ContainerLog(join(folder, `${run}.log`));
    this.#live.set(log.file, log);
    log.changes.once('end', () => this.#live.delete(log.file));
    for (const old of runsIn(folder).slice(keptRuns)) {
      rmSync(join(folder, `${old}.log`), { force: true });
      rmSync(join(folder, `${old}.log.1`), { force: true });
    }
    return log;
  }

  read({ namespace, pod, container }: PodContainer, options: PodLogOptions): AsyncIterable<Buffer> {
    const podFolder = this.#podFolder(namespace, pod);
    const [folder, runs] = latestRuns(podFolder, container);
    const run = options.previous ? runs[1] : runs[0];
    if (run === undefined) {
      throw badRequest(
        options.previous
          ? `previous terminated container "${container}" in pod "${pod}" not found`
          : `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`
      );
    }
    const file = join(folder, `${run}.log`);
    return readLog(file, this.#live.get(file), options);
  }

  /** Forgets a pod that is gone. */
  remove(pod: Pod): void {
    const { namespace, name } = keyOf(pod);
    const folder = this.#podFolder(namespace, name);
    rmSync(join(folder, pod.metadata?.uid ?? ''), { recursive: true, force: true });
    if (namesIn(folder).length === 0) {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #podFolder(namespace: string, name: string): string {
    return join(this.#folder, `${namespace}_${name}`);
  }
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // The pod has written nothing yet.
    return [];
  }
};

/** Newest first. */
const runsIn = (folder: string): number[] =>
  namesIn(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => Number.parseInt(name, 10))
    .sort((one, other) => other - one);

/** A pod's name may come back with another uid; only one of them lives at a time. */
const latestRuns = (podFolder: string, container: string): [string, number[]] => {
  const folders = namesIn(podFolder).map((uid) => join(podFolder, uid, container));
  const found = folders.map((folder): [string, number[]] => [folder, runsIn(folder)]);
  return found.findLast(([, runs]) => runs.length > 0) ?? ['', []];
};
