import { type App, createApp, getApp } from '#contracts/apps.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { waitUntil } from '../../wait-until.ts';

export const create: Action = async (context, { args: [name = context.app()] }) => {
  const { call, out } = context;
  out.step(`Creating ${name}`);
  const created = await call(createApp, { name });
  const app = created.status === 'running' ? created : await untilRunning(context, name);
  out.done();
  out.result(app);
};

const untilRunning = ({ call, host }: Context, name: string): Promise<App> =>
  waitUntil(host.clock, { every: 1, limit: 300, what: `${name} to be running` }, async () => {
    const app = await call(getApp, { name });
    return app.status === 'running' ? app : undefined;
  });
