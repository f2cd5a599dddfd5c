import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { annotations } from '../../rendering/labels.ts';
import { freshMemory } from '../../verdicts/verdict.ts';
import { applyRelease } from '../engine/apply-release.ts';
import { liveObjects } from '../engine/live-objects.ts';
import { renderRelease } from '../engine/render-release.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/** Puts every service of the last active release back, and takes away what this promotion made. */
export const rollback = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  session.sayStatus('Rollback');
  await session.save({ state: 'Rollback' });
  await putBack(session);
  await removeOwn(session);
  return session.goTo('WatchRollback', { memory: freshMemory });
};

const putBack = async (session: PromotionSession): Promise<void> => {
  const { deps, run, plan } = session;
  const { previous } = plan;
  if (!previous) return;
  // Rendered against itself: equal fingerprints give the very templates that ran before.
  const target = { app: run.app, release: previous.release };
  const rendered = await renderRelease(deps, target, previous);
  await applyRelease(session, {
    rendered,
    force: true,
    replicasOf: (service) => {
      const replicas = plan.before[service]?.replicas;
      return {
        create: replicas ?? 1,
        change: countChanged(service, session) ? replicas : undefined,
      };
    },
  });
};

/** Only where this promotion changed a count, so that a scale during the rollout stays. */
const countChanged = (service: string, { plan }: PromotionSession): boolean => {
  const count = (it: typeof plan.previous) => it?.services.find((s) => s.name === service)?.count;
  return count(plan.previous) !== count(plan.rendered);
};

/** By uid, and only what carries this promotion's mark: anything else was there before. */
const removeOwn = async (session: PromotionSession): Promise<void> => {
  const { deps, run, plan } = session;
  const keep = new Set((plan.previous?.objects ?? []).map(objectKey));
  const live = await liveObjects(deps, run.app);
  const own = [...live.values()].filter((it) => isOwn(it, run.promotion));
  for (const object of own.toReversed()) {
    if (keep.has(objectKey(object)) || object.kind === 'Namespace') continue;
    await session.renew();
    await deps.cluster.remove(object);
  }
};

const isOwn = ({ metadata }: KubernetesObject, promotion: string): boolean =>
  metadata.annotations?.[annotations.createdBy] === promotion;
