import { findApp } from './find-app.ts';
import type { Apps } from './ports.ts';
import { showApp } from './show-app.ts';

export const getApp =
  (deps: { readonly apps: Apps }) =>
  async ({ name }: { readonly name: string }) =>
    showApp(await findApp(deps.apps, name));
