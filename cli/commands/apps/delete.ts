import { deleteApp, getApp } from '#contracts/apps.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { ApiError } from '../../errors.ts';
import { waitUntil } from '../../wait-until.ts';

export const remove: Action = async (context, { args: [name = ''], options }) => {
  const { call, out } = context;
  out.step(`Deleting ${name}`);
  await call(deleteApp, { name, forget: options.forget ?? false });
  await untilGone(context, name);
  out.done();
  out.result({ name, status: 'deleted' });
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
