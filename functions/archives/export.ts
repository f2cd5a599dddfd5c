import * as z from 'zod';
import { failExport, writeExport } from '#core/archives/tasks/write-export.ts';
import { dependencies } from '../runtime/dependencies/exports.ts';
import { taskFunction } from '../runtime/task-function.ts';

const Input = z.object({
  task: z.enum(['WriteExport', 'FailExport']),
  run: z.object({
    v: z.literal(1),
    app: z.string(),
    build: z.string(),
    run: z.string(),
    error: z.object({ Error: z.string() }).optional(),
  }),
});

const tasks = { WriteExport: writeExport(dependencies), FailExport: failExport(dependencies) };

/** The tasks of the export state machine: the one function that pulls what apps run. */
export const handler = taskFunction(Input, ({ task, run }) => tasks[task](run));
