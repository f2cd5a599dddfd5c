import * as z from 'zod';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import { dependencies } from '../runtime/dependencies/build.ts';
import { taskFunction } from '../runtime/task-function.ts';

const Input = z.object({
  task: z.enum(['ReadSource', 'StartJobs', 'WatchJobs', 'MakeRelease', 'RecordFailure']),
  run: z.object({
    v: z.literal(1),
    app: z.string(),
    build: z.string(),
    error: z.object({ Error: z.string() }).optional(),
  }),
});

const tasks = buildTasks(dependencies);

/** Every task of the `build` state machine but one, so that a warm function serves the whole chain. */
export const handler = taskFunction(Input, ({ task, run }) => tasks[task](run));
