import type { Apps } from './ports.ts';
import { requireApp } from './require-app.ts';
import { showApp } from './show-app.ts';

export const getApp =
  (deps: { readonly apps: Apps }) =>
  async ({ name }: { readonly name: string }) =>
    showApp(await requireApp(deps.apps, name));
