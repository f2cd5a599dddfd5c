import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { type RevokeGrantsDependencies, revokeGrants } from './revoke-grants.ts';
import { showGrant } from './show-grant.ts';

interface Dependencies extends RevokeGrantsDependencies {
  readonly apps: Apps;
}

const lookedAt = 1000;

/** Takes one grant back at once, whatever its build does. */
export const revokeGrant =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }) => {
    await requireApp(deps.apps, app);
    const [revoked] = await revokeGrants(deps, app, (it) => it.id === id);
    if (revoked) return showGrant(revoked, deps.clock());
    const known = (await deps.grants.list(app, lookedAt)).find((it) => it.id === id);
    if (!known) throw new NotFoundError(`grant not found: ${id}`);
    const { status } = showGrant(known, deps.clock());
    throw new ConflictError(`grant ${id} is ${status} already`);
  };
