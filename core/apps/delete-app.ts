import type { Clock } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import type { Promotions } from '../promotions/ports.ts';
import { abandonPromotions } from './abandon-promotions.ts';
import { findNamespace } from './delete-namespace.ts';
import { type DeletionDependencies, finishDeletion } from './finish-deletion.ts';
import type { Apps } from './ports.ts';
import { requireApp } from './require-app.ts';

export interface DeleteAppDependencies extends DeletionDependencies {
  readonly apps: Pick<Apps, 'find' | 'markDeleting' | 'remove' | 'forget'>;
  readonly promotions: Pick<Promotions, 'requestCancel'>;
  readonly clock: Clock;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface DeleteAppRequest {
  readonly name: string;
  /** Drop the records and leave the cluster alone. */
  readonly forget: boolean;
}

/** The gateway answers for 30 s; what takes longer is finished by the sweep. */
const patience = 20_000;
const pollInterval = 300;

/** Deletes an app with all that runs. `ok` means that it is gone or going. */
export const deleteApp =
  (dependencies: DeleteAppDependencies) =>
  async ({ name, forget }: DeleteAppRequest): Promise<'ok'> => {
    const { rack, apps, cluster, promotions } = dependencies;
    const app = await requireApp(apps, name);
    if (app.locked) {
      throw new ConflictError(`app is locked: ${name}`, { hint: 'unlock it first' });
    }
    if (forget) {
      await apps.forget(name);
      return 'ok';
    }
    await findNamespace(cluster, { rack, app: name });
    await apps.markDeleting(name);
    // Also one that has begun since the app was read; now that it is marked, no other can.
    await abandonPromotions(promotions, name);
    await waitUntilGone(dependencies, name);
    return 'ok';
  };

const waitUntilGone = async (dependencies: DeleteAppDependencies, app: string): Promise<void> => {
  const { clock, pause } = dependencies;
  const deadline = clock() + patience;
  const step = finishDeletion(dependencies);
  while ((await step({ app })) === 'going' && clock() < deadline) await pause(pollInterval);
};
