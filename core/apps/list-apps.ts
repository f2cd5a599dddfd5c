import type { Apps } from './ports.ts';
import { showApp } from './show-app.ts';

export const listApps = (deps: { readonly apps: Apps }) => async () =>
  (await deps.apps.list()).map(showApp);
