import { namespaceOf } from '../../apps/app.ts';
import { ConflictError, type DomainError, NotFoundError, UnavailableError } from '../../errors.ts';
import { ClusterError } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import { liveObjects } from './live-objects.ts';
import type { PromotionSession } from './session.ts';
import { scaleObject, stampObject, writeObject } from './write-object.ts';

export interface ApplyRequest {
  /** With the values of its Secrets, as far as they are not in the cluster. */
  readonly rendered: RenderedRelease;
  /** Replicas of a Deployment that has to be made; undefined leaves an existing one alone. */
  readonly replicasOf: (service: string) => { create: number; change: number | undefined };
  readonly force: boolean;
}

/** A definite no to one object of a release, of the server or of its owner. */
export type Refusal = ClusterError | ConflictError | NotFoundError;

/** Makes the cluster's objects those of a release, each guarded against stale writers. */
export const applyRelease = async (
  session: PromotionSession,
  request: ApplyRequest
): Promise<void> => {
  const live = await stampedObjects(session, request.rendered.release);
  for (const stage of stagesOf(request.rendered, live)) {
    const [refusal] = await applyStage(session, request, { stage, live });
    if (refusal) throw refusal;
  }
};

/** The same for a rollback: what one object is refused for must not keep the others from coming back. */
export const applyAllOf = async (
  session: PromotionSession,
  request: ApplyRequest
): Promise<readonly Refusal[]> => {
  const live = await stampedObjects(session, request.rendered.release);
  session.live = live;
  const refusals: Refusal[] = [];
  for (const stage of stagesOf(request.rendered, live)) {
    refusals.push(...(await applyStage(session, request, { stage, live })));
  }
  return refusals;
};

type Live = ReadonlyMap<string, KubernetesObject>;

/** What needs nothing of each other is written at the same time; processes come last. */
const stagesOf = (
  { objects }: RenderedRelease,
  live: Live
): readonly (readonly KubernetesObject[])[] => {
  const isMissing = (it: KubernetesObject) => it.kind === 'Namespace' && !live.has(objectKey(it));
  const isLast = (it: KubernetesObject) => it.kind === 'Deployment';
  return [
    objects.filter(isMissing),
    objects.filter((it) => !isMissing(it) && !isLast(it)),
    objects.filter(isLast),
  ];
};

/** Ends when every write has ended: none may be under way when a rollback begins. */
const applyStage = async (
  session: PromotionSession,
  request: ApplyRequest,
  { stage, live }: { readonly stage: readonly KubernetesObject[]; readonly live: Live }
): Promise<readonly Refusal[]> => {
  const ends = await Promise.allSettled(
    stage.map((object) =>
      applyObject(session, request, { object, live: live.get(objectKey(object)) })
    )
  );
  const errors: unknown[] = ends.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  for (const error of errors) if (!isRefusal(error)) throw error;
  return errors.filter(isRefusal);
};

/** What time or an admin mends is none: it is waited for. */
export const isRefusal = (error: unknown): error is Refusal =>
  [ClusterError, ConflictError, NotFoundError].some((it) => error instanceof it) &&
  (error as DomainError).kind !== 'unavailable';

/** Updates would be taken, and be lost with the namespace a moment later. */
export const requireStaying = (namespace: KubernetesObject | undefined): void => {
  if (!namespace?.metadata.deletionTimestamp) return;
  throw new UnavailableError(`namespace ${namespace.metadata.name} is being deleted`, {
    hint: 'what holds it up: kubectl describe namespace',
  });
};

/** Whoever held the app before this attempt may still be alive: from here on it gets 409. */
const stampedObjects = async (session: PromotionSession, release: string) => {
  const { deps, run } = session;
  const live = await session.takeLive();
  requireStaying(live.get(`Namespace/${namespaceOf(deps.rack, run.app)}`));
  if (run.attempt === 1) return live;
  for (const object of live.values()) await stampObject(session, object, release);
  return liveObjects(deps, run.app);
};

const applyObject = async (
  session: PromotionSession,
  { rendered, replicasOf, force }: ApplyRequest,
  {
    object,
    live,
  }: { readonly object: KubernetesObject; readonly live: KubernetesObject | undefined }
): Promise<void> => {
  const isDeployment = object.kind === 'Deployment';
  const replicas = isDeployment ? replicasOf(object.metadata.name) : undefined;
  const written = await writeObject(session, {
    object,
    live,
    release: rendered.release,
    replicas: replicas?.create,
    force,
  });
  if (live && replicas?.change !== undefined) await scaleObject(session, written, replicas.change);
};
