import * as z from 'zod';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { revokeGrants } from '#core/builds/tasks/revoke-grants.ts';
import { dependencies } from '../runtime/dependencies/credentials.ts';
import { taskFunction } from '../runtime/task-function.ts';

const Input = z.object({
  task: z.enum(['GrantPush', 'RevokeGrants']),
  run: z.object({ v: z.literal(1), app: z.string(), build: z.string() }),
});

const tasks = { GrantPush: grantPush(dependencies), RevokeGrants: revokeGrants(dependencies) };

/** The tasks of the build state machine that may take on the push role. */
export const handler = taskFunction(Input, ({ task, run }) => tasks[task](run));
