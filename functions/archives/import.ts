import * as z from 'zod';
import { importImages } from '#core/archives/tasks/import-images.ts';
import { dependencies } from '../runtime/dependencies/imports.ts';
import { taskFunction } from '../runtime/task-function.ts';

const Input = z.object({
  task: z.literal('ImportImages'),
  run: z.object({ v: z.literal(1), app: z.string(), build: z.string() }),
});

const task = importImages(dependencies);

/** The task of the build state machine that pushes the images of an archive. */
export const handler = taskFunction(Input, ({ run }) => task(run));
