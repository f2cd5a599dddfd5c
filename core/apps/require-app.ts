import { NotFoundError } from '../errors.ts';
import type { App } from './app.ts';
import type { Apps } from './ports.ts';

/** @throws NotFoundError in Convox's words, which its client waits for on `apps delete`. */
export const requireApp = async (apps: Pick<Apps, 'find'>, name: string): Promise<App> => {
  const app = await apps.find(name);
  if (!app) throw new NotFoundError(`app not found: ${name}`, { hint: 'list the apps there are' });
  return app;
};
