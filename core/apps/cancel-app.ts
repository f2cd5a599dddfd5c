import type { Promotions } from '../promotions/ports.ts';
import type { Apps } from './ports.ts';
import { requireApp } from './require-app.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly promotions: Promotions;
}

/** Asks the promotion under way to roll back, or to give the app up without the cluster. */
export const cancelApp =
  (deps: Dependencies) =>
  async ({
    name,
    abandon,
  }: {
    readonly name: string;
    readonly abandon: boolean;
  }): Promise<'ok'> => {
    await requireApp(deps.apps, name);
    await deps.promotions.requestCancel(name, abandon ? 'abandon' : 'cancel');
    return 'ok';
  };
