import { namespaceOf } from '../../apps/app.ts';
import { ConflictError, type DomainError, UnavailableError } from '../../errors.ts';
import { ClusterError } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { managers } from '../../rendering/labels.ts';
import { requireStaying } from '../engine/apply-release.ts';
import { fieldConflict, isFieldConflict } from '../engine/field-conflict.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';
import { requireOurs } from '../engine/write-object.ts';
import { isRefusal } from './prepare.ts';

/**
 * Asks the API server about every object without changing one, so that what can be refused is
 * refused while the running release has not been touched.
 */
export const preflight = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  if (await session.renew()) {
    const failure = { reason: 'Cancelled', cause: 'cancelled before anything was changed' };
    return session.goTo('Refused', { failure });
  }
  try {
    await check(session);
    return await session.goTo('Apply');
  } catch (error) {
    if (!isDefinite(error)) throw error;
    return session.goTo('Refused', { failure: { reason: reasonOf(error), cause: error.message } });
  }
};

/** A wrong release, or a no of the API server that neither time nor an admin mends. */
const isDefinite = (error: unknown): error is DomainError =>
  isRefusal(error) ||
  error instanceof ConflictError ||
  (error instanceof ClusterError && error.kind !== 'unavailable');

const reasonOf = (error: { readonly code: string }): string =>
  error instanceof ClusterError ? `Cluster${error.reason}` : error.code;

const check = async (session: PromotionSession): Promise<void> => {
  const { deps, run } = session;
  const [live, { objects }] = await Promise.all([session.takeLive(), session.renderedWithValues()]);
  // For Apply: a write of something older is refused, and reads it again.
  session.live = live;
  const namespace = live.get(`Namespace/${namespaceOf(deps.rack, run.app)}`);
  // In a namespace that does not exist yet the server can't try anything.
  if (!namespace) return;
  requireStaying(namespace);
  const wanted = objects.find((it) => it.kind === 'Namespace');
  if (wanted) requireOurs(namespace, wanted.metadata);
  await Promise.all(objects.map((object) => tryOut(session, object, live.get(objectKey(object)))));
};

const dryRun = { fieldManager: managers.main, dryRun: true } as const;

const tryOut = async (
  session: PromotionSession,
  object: KubernetesObject,
  live: KubernetesObject | undefined
): Promise<void> => {
  if (!live) {
    await session.deps.cluster.create(object, dryRun);
    return;
  }
  requireOurs(live, object.metadata);
  if (object.kind !== 'Secret') await tryApply(session, object);
};

const isChange = (error: unknown): boolean =>
  error instanceof ClusterError && error.reason === 'Conflict' && !isFieldConflict(error);

/** Fields of others stop a promotion before it begins, unless it was told to take them. */
const tryApply = async (session: PromotionSession, object: KubernetesObject): Promise<void> => {
  try {
    await applyDry(session, object, false);
  } catch (error) {
    const conflict = fieldConflict(error, object);
    if (conflict && !session.forceConflicts) throw conflict;
    if (!isFieldConflict(error)) throw error;
    // The server tells conflicts before anything else that may be wrong.
    await applyDry(session, object, true);
  }
};

const applyDry = async (
  { deps }: PromotionSession,
  object: KubernetesObject,
  force: boolean
): Promise<void> => {
  try {
    await deps.cluster.apply(object, { ...dryRun, force });
  } catch (error) {
    // Somebody has written in between: that is no answer to the release.
    if (!isChange(error)) throw error;
    throw new UnavailableError(`${objectKey(object)} is being changed`, { cause: error });
  }
};
