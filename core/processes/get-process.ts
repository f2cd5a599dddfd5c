import { findPod, type ProcessKey } from './find-pod.ts';
import type { ProcessDependencies } from './list-processes.ts';
import { type Process, processOf } from './process.ts';

export const getProcess =
  (dependencies: ProcessDependencies) =>
  async (key: ProcessKey): Promise<Process> =>
    processOf(await findPod(dependencies, key));
