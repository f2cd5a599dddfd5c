import { completeEvidence } from '../engine/complete-evidence.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';

/** How long a task that is done waits for what is still on its way; milliseconds. */
const grace = 1_000;

type Task = (deps: EngineDependencies, run: Run) => Promise<TaskResult>;

/** A task of the way back, with evidence that was not there in time gathered beside it. */
export const besideEvidence =
  (task: Task): Task =>
  async (deps, run) => {
    const completing = completeEvidence(deps, run);
    try {
      return await task(deps, run);
    } finally {
      await Promise.race([completing, deps.sleep(grace)]);
    }
  };
