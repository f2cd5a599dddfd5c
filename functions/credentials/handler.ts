import * as z from 'zod';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { dependencies } from '../runtime/dependencies/credentials.ts';
import { taskFunction } from '../runtime/task-function.ts';

const Input = z.object({
  task: z.literal('GrantPush'),
  run: z.object({ v: z.literal(1), app: z.string(), build: z.string() }),
});

const grant = grantPush(dependencies);

/** The only function that may take on the push role. */
export const handler = taskFunction(Input, ({ run }) => grant(run));
