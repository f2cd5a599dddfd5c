import { findPod, type ProcessKey } from './find-pod.ts';
import type { ProcessDependencies } from './list-processes.ts';

/** Deletes the pod that was found, by its uid; its Deployment starts another. */
export const stopProcess =
  (dependencies: ProcessDependencies) =>
  async (key: ProcessKey): Promise<'ok'> => {
    await dependencies.cluster.remove(await findPod(dependencies, key));
    return 'ok';
  };
