import { type App, cancelApp, getApp } from '#contracts/apps.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { waitUntil } from '../../wait-until.ts';

export const cancel: Action = async (context, { args: [name = context.app()], options }) => {
  const { call, out } = context;
  out.print(`Cancelling deployment of ${name}...`);
  await call(cancelApp, { name, abandon: options.abandon ?? false });
  out.print('Rewriting last active release...');
  const app = await untilSettled(context, name);
  out.print('OK');
  out.result(app);
};

const untilSettled = ({ call, host }: Context, name: string): Promise<App> =>
  waitUntil(host.clock, { every: 1, limit: 300, what: `the rollback of ${name}` }, async () => {
    const app = await call(getApp, { name });
    if (app.status === 'waiting') throw unreachable(name);
    return app.status === 'updating' || app.status === 'rollback' ? undefined : app;
  });

const unreachable = (name: string): CliError =>
  new CliError('ClusterUnreachable', `the cluster of ${name} is out of reach; the rollback waits`, {
    hint: `it goes on by itself; \`rackless apps cancel ${name} --abandon\` frees the app now`,
  });
