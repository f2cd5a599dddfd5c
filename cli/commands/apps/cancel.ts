import { type App, cancelApp, getApp } from '#contracts/apps.ts';
import { getPromotion, type Promotion } from '#contracts/promotions.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { waitUntil } from '../../wait-until.ts';

export const cancel: Action = async (context, { args: [name = context.app()], options }) => {
  const { call, out } = context;
  const { abandon = false } = options;
  out.print(`Cancelling deployment of ${name}...`);
  const before = await call(getApp, { name });
  const running = before.promotion ? await find(context, name, before.promotion) : undefined;
  await call(cancelApp, { name, abandon });
  if (before.queued) out.print(`Promotion ${before.queued} waited its turn: it does not run`);
  out.print(running?.status === 'waiting' && abandon ? freeing(name) : rewriting(running));
  const app = await untilSettled(context, { name, abandon });
  const end = running && (await find(context, name, running.id));
  if (end?.status === 'Promoted') out.print(`Too late for ${end.release}: it is active already`);
  out.print('OK');
  out.result(app);
};

const find = ({ call }: Context, app: string, id: string): Promise<Promotion> =>
  call(getPromotion, { app, id });

const rewriting = (running: Promotion | undefined): string =>
  running?.status === 'rolling-back'
    ? `Promotion ${running.id} of ${running.release} is rolling back already...`
    : 'Rewriting last active release...';

/** The promotion hears of it when it tries the cluster again. */
const freeing = (name: string): string => `Freeing ${name} without its cluster, within a minute...`;

interface Cancelled {
  readonly name: string;
  readonly abandon: boolean;
}

const untilSettled = ({ call, host }: Context, { name, abandon }: Cancelled): Promise<App> =>
  waitUntil(host.clock, { every: 1, limit: 300, what: `the rollback of ${name}` }, async () => {
    const app = await call(getApp, { name });
    if (app.status === 'waiting' && !abandon) throw unreachable(name);
    return unsettled.has(app.status) ? undefined : app;
  });

const unsettled: ReadonlySet<string> = new Set(['waiting', 'updating', 'rollback']);

const unreachable = (name: string): CliError =>
  new CliError('ClusterUnreachable', `the cluster of ${name} is out of reach; the rollback waits`, {
    hint: `it goes on by itself; \`rackless apps cancel ${name} --abandon\` frees the app now`,
  });
