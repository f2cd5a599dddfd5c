import { listServices, type Service, scaleService } from '#contracts/services.ts';
import type { Action, Request } from '../../command.ts';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { parseCount } from '../../parse-count.ts';
import { findService } from '../../services/find-service.ts';
import { table } from '../../ui/table.ts';
import { waitUntil } from '../../wait-until.ts';

export const scale: Action = (context, { args: [service], options }) => {
  const size = {
    ...given('count', options.count),
    ...given('cpu', options.cpu),
    ...given('memory', options.memory),
  };
  if (service === undefined && Object.keys(size).length > 0) throw needsService();
  return service === undefined || Object.keys(size).length === 0
    ? show(context, service)
    : change(context, service, size);
};

type Size = { count?: number; cpu?: number; memory?: number };

const given = (name: keyof Size, text: string | undefined): Size => {
  const value = parseCount(`--${name}`, text);
  return value === undefined ? {} : { [name]: value };
};

const needsService = (): UsageError =>
  new UsageError('1 arg required', { hint: 'usage: rackless scale <service> --count 3' });

const header = ['SERVICE', 'DESIRED', 'RUNNING', 'CPU', 'MEMORY'];

const show = async (context: Context, only: Request['args'][number] | undefined): Promise<void> => {
  const { call, out, app } = context;
  const services = only
    ? [await findService(context, only)]
    : await call(listServices, { app: app() });
  const rows = services.map(({ name, count, running, cpu, memory }) => [
    name,
    ...[count, running, cpu, memory].map(String),
  ]);
  out.result(services, table(header, rows));
};

const change = async (context: Context, service: string, size: Size): Promise<void> => {
  const { call, out, app } = context;
  out.step(`Scaling ${service}`);
  await call(scaleService, { app: app(), service, ...size });
  const scaled = await untilRunning(context, service, size);
  out.done();
  out.result(scaled);
};

const untilRunning = (context: Context, name: string, size: Size): Promise<Service> => {
  const { count } = size;
  const what = `${name} to run ${count === undefined ? 'in its new size' : `${count} processes`}`;
  const patience = {
    every: 1,
    limit: 300,
    what,
    hint: 'see what they wait for with `rackless ps`',
  };
  return waitUntil(context.host.clock, patience, async () => {
    const service = await findService(context, name);
    const wanted = count ?? service.count;
    return service.count === wanted && service.running === wanted ? service : undefined;
  });
};
