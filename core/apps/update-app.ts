import { PermissionDeniedError } from '../errors.ts';
import type { Token } from '../tokens/token.ts';
import type { Policy } from './app.ts';
import type { Apps } from './ports.ts';
import { requireApp } from './require-app.ts';

interface UpdateApp {
  readonly name: string;
  readonly lock?: boolean | 'true' | 'false' | undefined;
  readonly policy?: Policy | undefined;
}

/** Locks and unlocks. What manifests may ask for is for admins to say: deployers are held to it. */
export const updateApp =
  (deps: { readonly apps: Apps }) =>
  async ({ name, lock, policy }: UpdateApp, caller: Token | undefined): Promise<'ok'> => {
    await requireApp(deps.apps, name);
    if (policy && caller?.role !== 'admin') {
      throw new PermissionDeniedError('only an admin may change the policy of an app', {
        hint: 'ask an admin of the rack',
      });
    }
    if (lock === undefined && policy === undefined) return 'ok';
    await deps.apps.change(name, {
      ...(lock !== undefined && { locked: String(lock) === 'true' }),
      ...(policy && { policy }),
    });
    return 'ok';
  };
