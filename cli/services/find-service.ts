import { listServices, type Service } from '#contracts/services.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

/** One service of the app, as it is now. */
export const findService = async ({ call, app }: Context, name: string): Promise<Service> => {
  const services = await call(listServices, { app: app() });
  const service = services.find((it) => it.name === name);
  if (service) return service;
  throw new CliError('NotFound', `service not found: ${name}`);
};
