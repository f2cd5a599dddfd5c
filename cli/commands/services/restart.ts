import { listProcesses } from '#contracts/processes.ts';
import { listServices, restartService } from '#contracts/services.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { findService } from '../../services/find-service.ts';
import { waitUntil } from '../../wait-until.ts';

export const restartOne: Action = async (context, { args: [service = ''] }) => {
  await restart(context, service);
  context.out.result({ restarted: [service] });
};

export const restartAll: Action = async (context) => {
  const { call, app, out } = context;
  const names = (await call(listServices, { app: app() })).map(({ name }) => name);
  for (const name of names) await restart(context, name);
  out.result({ restarted: names });
};

const restart = async (context: Context, service: string): Promise<void> => {
  const { call, out, app } = context;
  out.step(`Restarting ${service}`);
  const before = await processesOf(context, service);
  await call(restartService, { app: app(), service });
  await untilReplaced(context, service, new Set(before));
  out.done();
};

const processesOf = async ({ call, app }: Context, service: string): Promise<string[]> =>
  (await call(listProcesses, { app: app(), service })).map(({ id }) => id);

/** A restart is over when no process from before is left and as many as wanted are running. */
const untilReplaced = (
  context: Context,
  service: string,
  before: ReadonlySet<string>
): Promise<true> => {
  const patience = { every: 1, limit: 300, what: `new processes of ${service}` };
  return waitUntil(context.host.clock, patience, async () => {
    const left = (await processesOf(context, service)).some((id) => before.has(id));
    if (left) return undefined;
    const { count, running } = await findService(context, service);
    return running === count ? true : undefined;
  });
};
