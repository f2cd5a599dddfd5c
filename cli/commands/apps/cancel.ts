import { type App, cancelApp, getApp } from '#contracts/apps.ts';
import { getPromotion, type Promotion } from '#contracts/promotions.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { waitUntil } from '../../wait-until.ts';

export const cancel: Action = async (context, { args: [name = context.app()], options }) => {
  const { call, out } = context;
  out.print(`Cancelling deployment of ${name}...`);
  const before = await call(getApp, { name });
  const running = before.promotion ? await find(context, name, before.promotion) : undefined;
  await call(cancelApp, { name, abandon: options.abandon ?? false });
  if (before.queued) out.print(`Promotion ${before.queued} waited its turn: it does not run`);
  out.print(
    running?.status === 'rolling-back' ? already(running) : 'Rewriting last active release...'
  );
  const app = await untilSettled(context, name);
  const end = running && (await find(context, name, running.id));
  if (end?.status === 'Promoted') out.print(`Too late for ${end.release}: it is active already`);
  out.print('OK');
  out.result(app);
};

const find = ({ call }: Context, app: string, id: string): Promise<Promotion> =>
  call(getPromotion, { app, id });

const already = ({ id, release }: Promotion): string =>
  `Promotion ${id} of ${release} is rolling back already...`;

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
