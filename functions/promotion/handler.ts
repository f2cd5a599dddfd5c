import * as z from 'zod';
import { runTasks } from '#core/promotions/tasks/run-tasks.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';
import { dependencies } from '../runtime/dependencies/promotion.ts';
import { taskFunction } from '../runtime/task-function.ts';

const taskNames = Object.keys(promotionTasks) as (keyof typeof promotionTasks)[];

const Input = z.object({
  task: z.enum(taskNames),
  run: z.object({
    v: z.literal(1),
    app: z.string(),
    promotion: z.string(),
    attempt: z.number().int().positive(),
    fence: z.number().int().positive().optional(),
  }),
});

/** Every task of the `promote` state machine, so that one warm function serves the whole chain. */
export const handler = taskFunction(Input, (call) => runTasks(dependencies, call));
