import type { Token } from '../tokens/token.ts';
import type { Apps } from './ports.ts';
import { showApp } from './show-app.ts';

/** All apps that the caller may know of, by name. */
export const listApps =
  (deps: { readonly apps: Apps }) => async (_request: object, caller: Token | undefined) =>
    (await deps.apps.list()).filter(({ name }) => !caller?.app || caller.app === name).map(showApp);
