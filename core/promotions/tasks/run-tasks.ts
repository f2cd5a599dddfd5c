import { readCheckpoint } from '../engine/checkpoint.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { patiently } from '../engine/wait-for-cluster.ts';
import { promotionTasks } from './tasks.ts';

export type TaskName = keyof typeof promotionTasks;

/** Milliseconds after which the next task gets an invocation of its own: a function has 15 minutes. */
const patience = 10 * 60_000;
/** A watch may hold its function for 14 minutes, so it begins one. */
const watches: ReadonlySet<string> = new Set(['Watch', 'WatchRollback']);

/**
 * Runs a task, and those that follow it at once, without the state machine's 50 to 400 ms between
 * two of them. Each keeps where it hands over as ever; a machine that calls an earlier task again,
 * since the answer was lost or the function died, goes on from there.
 */
export const runTasks = async (
  outside: EngineDependencies,
  call: { readonly task: TaskName; readonly run: Run }
): Promise<TaskResult> => {
  const deps = { ...outside, invocation: {} };
  const until = deps.clock() + patience;
  let { run } = call;
  let task = await whereItStands(deps, call);
  for (;;) {
    const result = await patiently(promotionTasks[task], deps, { run, state: task });
    const following = task.startsWith('Settle') ? undefined : taskAfter(result.next);
    if (!following || watches.has(following) || deps.clock() > until) return result;
    task = following;
    run = result;
  }
};

/** The machine knows the task that it called; the checkpoint knows how far that has come. */
const whereItStands = async (
  { records }: EngineDependencies,
  { task, run: { app, promotion, fence } }: { readonly task: TaskName; readonly run: Run }
): Promise<TaskName> => {
  // Prepare reads the checkpoint itself, once it has the app.
  if (fence === undefined || task.startsWith('Settle')) return task;
  const { state } = readCheckpoint(await records.loadCheckpoint(app, promotion));
  return (state && taskAfter(state)) ?? task;
};

/** Undefined after a wait, which is the machine's. */
const taskAfter = (next: TaskResult['next']): TaskName | undefined =>
  [next, `Settle${next}`].find((it): it is TaskName => Object.hasOwn(promotionTasks, it));
