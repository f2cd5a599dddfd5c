import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { managers } from '../../rendering/labels.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import { liveObjects } from './live-objects.ts';
import type { PromotionSession } from './session.ts';
import { stamp, writeObject } from './write-object.ts';

export interface ApplyRequest {
  readonly rendered: RenderedRelease;
  /** Replicas of a Deployment that has to be made; undefined leaves an existing one alone. */
  readonly replicasOf: (service: string) => { create: number; change: number | undefined };
  readonly force: boolean;
}

/** Makes the cluster's objects those of a release: in order, each guarded against stale writers. */
export const applyRelease = async (
  session: PromotionSession,
  { rendered, replicasOf, force }: ApplyRequest
): Promise<void> => {
  const live = await liveObjects(session.deps, session.run.app);
  // Whoever held the app before this attempt may still be alive: from here on it gets 409.
  if (session.run.attempt > 1) await stampAll(session, [...live.values()], rendered.release);
  const current = session.run.attempt > 1 ? await liveObjects(session.deps, session.run.app) : live;
  for (const object of rendered.objects) {
    const isDeployment = object.kind === 'Deployment';
    const replicas = isDeployment ? replicasOf(object.metadata.name) : undefined;
    const known = current.get(objectKey(object));
    const written = await writeObject(session, {
      object,
      live: known,
      release: rendered.release,
      replicas: replicas?.create,
      force,
    });
    if (known && replicas?.change !== undefined) await scale(session, written, replicas.change);
  }
};

const stampAll = async (
  session: PromotionSession,
  objects: readonly KubernetesObject[],
  release: string
): Promise<void> => {
  for (const object of objects) await stamp(session, object, release);
};

/** `replicas` has a manager of its own, so that the main one never takes it from an autoscaler. */
const scale = async (
  session: PromotionSession,
  { apiVersion, kind, metadata }: KubernetesObject,
  replicas: number
): Promise<void> => {
  const { name, namespace, uid, resourceVersion } = metadata;
  await session.deps.cluster.apply(
    { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion }, spec: { replicas } },
    { fieldManager: managers.scale, force: true }
  );
};
