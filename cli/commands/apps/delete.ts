import { deleteApp, getApp } from '#contracts/apps.ts';
import { getSystem } from '#contracts/system.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { ApiError } from '../../errors.ts';
import { waitUntil } from '../../wait-until.ts';

export const remove: Action = async (context, { args: [name = ''], options }) => {
  const { call, out } = context;
  const { forget = false } = options;
  // Asked before: a rack that does not answer must not leave the person without the name.
  const left = forget ? `${(await call(getSystem, {})).name}-${name}` : undefined;
  out.step(`Deleting ${name}`);
  await call(deleteApp, { name, forget });
  await untilGone(context, name);
  out.done();
  if (left) out.note(`what runs goes on; to end it: kubectl delete namespace ${left}`);
  out.result({ name, status: 'deleted', ...(left && { namespace: left }) });
};

const untilGone = ({ call, host }: Context, name: string): Promise<true> =>
  waitUntil(host.clock, { every: 1, limit: 300, what: `${name} to be gone` }, async () => {
    try {
      await call(getApp, { name });
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return true;
      throw error;
    }
  });
