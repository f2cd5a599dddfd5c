import { ConflictError } from '../errors.ts';
import type { App } from './app.ts';
import type { Apps } from './ports.ts';
import { requireApp } from './require-app.ts';

/** An app that takes changes. @throws NotFoundError, ConflictError when it is locked or going away. */
export const requireOpenApp = async (apps: Pick<Apps, 'find'>, name: string): Promise<App> => {
  const app = await requireApp(apps, name);
  refuseClosed(app);
  return app;
};

/** @throws ConflictError for an app that takes no changes. */
export const refuseClosed = ({ name, locked, deleting }: App): void => {
  if (locked) throw new ConflictError(`app is locked: ${name}`, { hint: 'unlock it first' });
  if (deleting) throw new ConflictError(`app is being deleted: ${name}`);
};
