import { ConflictError, NotFoundError } from '../errors.ts';
import type { App } from './app.ts';
import type { Apps } from './ports.ts';

/** @throws NotFoundError in Convox's words, which its client waits for after a delete. */
export const findApp = async (apps: Apps, name: string): Promise<App> => {
  const app = await apps.find(name);
  if (app) return app;
  throw new NotFoundError(`app not found: ${name}`, {
    hint: 'see the apps of this rack, or create one with apps create',
  });
};

/** The same for a change: a locked app or one that is going away takes none. */
export const findOpenApp = async (apps: Apps, name: string): Promise<App> => {
  const app = await findApp(apps, name);
  if (app.locked) throw new ConflictError(`app is locked: ${name}`);
  if (app.deleting) throw new ConflictError(`app is being deleted: ${name}`);
  return app;
};
