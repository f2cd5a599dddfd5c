import { InvalidRequestError, NotFoundError } from '../../errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import { freshMemory } from '../../verdicts/verdict.ts';
import { applyAllOf, isRefusal, type Refusal } from '../engine/apply-release.ts';
import { restoreFound } from '../engine/found-objects.ts';
import { ownObjects } from '../engine/own-objects.ts';
import { removeObject } from '../engine/remove-object.ts';
import { renderedWithValues } from '../engine/render-release.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/** Puts every service of the last active release back, and takes away what this promotion made. */
export const rollback = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  session.sayStatus('Rollback');
  await session.save({ state: 'Rollback' });
  const refusals = [
    ...(await putBack(session)),
    ...(await eachRefusal(session.plan.found ?? [], (it) => restoreFound(session, it))),
    ...(await eachRefusal(await ownObjects(session), (it) => removeObject(session, it))),
  ];
  if (refusals.length > 0) return stuck(session, refusals);
  return session.goTo('WatchRollback', { memory: freshMemory });
};

const putBack = async (session: PromotionSession): Promise<readonly Refusal[]> => {
  const { previous } = session.plan;
  if (!previous) return [];
  return applyAllOf(session, {
    rendered: await withValuesIfKnown(session, previous),
    force: true,
    replicasOf: (service) => {
      const replicas = session.plan.before[service]?.replicas;
      return {
        create: replicas ?? 1,
        change: countChanged(service, session) ? replicas : undefined,
      };
    },
  });
};

/** The Secrets are in the cluster as a rule: only one that is missing there needs its values. */
const withValuesIfKnown = async (
  { deps, run }: PromotionSession,
  previous: RenderedRelease
): Promise<RenderedRelease> => {
  try {
    return await renderedWithValues(deps, run.app, previous);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof InvalidRequestError) return previous;
    throw error;
  }
};

/** Only where this promotion changed a count, so that a scale during the rollout stays. */
const countChanged = (service: string, { plan }: PromotionSession): boolean => {
  const count = (it: typeof plan.previous) => it?.services.find((s) => s.name === service)?.count;
  return count(plan.previous) !== count(plan.rendered);
};

/** The last made goes first. One that can't go must not keep the others. */
const eachRefusal = async (
  objects: readonly KubernetesObject[],
  work: (object: KubernetesObject) => Promise<void>
): Promise<readonly Refusal[]> => {
  const refusals: Refusal[] = [];
  for (const object of objects.toReversed()) {
    try {
      await work(object);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.push(error);
    }
  }
  return refusals;
};

/** Trying again would get the same answer: a person has to look. */
const stuck = (session: PromotionSession, refusals: readonly Refusal[]): Promise<TaskResult> => {
  const why = refusals.map((it) => it.message).join('; ');
  session.say('verdict', `system/rackless/rollback refused: ${why}`);
  const { reason = '', cause = '' } = session.checkpoint.failure ?? {};
  const failure = { reason, cause: `${cause}; the rollback was refused: ${why}` };
  return session.goTo('Degraded', { failure });
};
