import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import type { Clock } from '../clock.ts';
import type { Grants } from './ports.ts';
import { showGrant } from './show-grant.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly grants: Grants;
  readonly clock: Clock;
}

/** Who could push to the app's repository, when, and for which build; newest first. */
export const listGrants =
  ({ apps, grants, clock }: Dependencies) =>
  async ({ app, limit }: { readonly app: string; readonly limit: number }) => {
    await requireApp(apps, app);
    return (await grants.list(app, limit)).map((it) => showGrant(it, clock()));
  };
