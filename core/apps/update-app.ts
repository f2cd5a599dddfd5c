import type { Policy } from './app.ts';
import { findApp } from './find-app.ts';
import type { Apps } from './ports.ts';

interface UpdateApp {
  readonly name: string;
  readonly lock?: boolean | 'true' | 'false' | undefined;
  readonly policy?: Policy | undefined;
}

export const updateApp =
  (deps: { readonly apps: Apps }) =>
  async ({ name, lock, policy }: UpdateApp): Promise<'ok'> => {
    await findApp(deps.apps, name);
    if (lock === undefined && policy === undefined) return 'ok';
    await deps.apps.change(name, {
      ...(lock !== undefined && { locked: String(lock) === 'true' }),
      ...(policy && { policy }),
    });
    return 'ok';
  };
