import type { Promotions } from '../promotions/ports.ts';
import { abandonPromotions } from './abandon-promotions.ts';
import { type DeletionDependencies, finishDeletion } from './finish-deletion.ts';
import type { Apps } from './ports.ts';

interface Dependencies extends DeletionDependencies {
  readonly apps: Pick<Apps, 'list' | 'find' | 'remove'>;
  readonly promotions: Pick<Promotions, 'requestCancel'>;
}

/** Goes on with every app that is being deleted; gives those that are gone now. */
export const finishDeletions =
  (deps: Dependencies) => async (): Promise<{ readonly gone: readonly string[] }> => {
    const going = (await deps.apps.list()).filter((it) => it.deleting).map((it) => it.name);
    const states = await Promise.all(going.map((app) => finish(deps, app)));
    return { gone: going.filter((_, at) => states[at] === 'gone') };
  };

/** Whoever began the deletion may have died before it stopped the promotion. */
const finish = async (deps: Dependencies, app: string): Promise<'gone' | 'going'> => {
  await abandonPromotions(deps.promotions, app);
  return finishDeletion(deps)({ app });
};
