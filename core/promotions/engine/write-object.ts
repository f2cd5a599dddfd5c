import { ConflictError } from '../../errors.ts';
import { hasStatus } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, type ObjectMeta, objectKey } from '../../kubernetes/object.ts';
import { annotations, managers, objectLabels } from '../../rendering/labels.ts';
import { adoptFields } from './adopt-fields.ts';
import type { PromotionSession } from './session.ts';

export interface WriteRequest {
  readonly object: KubernetesObject;
  readonly live: KubernetesObject | undefined;
  /** The release whose objects are written: the new one, or the one that comes back. */
  readonly release: string;
  /** For a new Deployment. */
  readonly replicas?: number | undefined;
  /** Take back fields that others have changed: a rollback must not stop at them. */
  readonly force?: boolean;
}

const tries = 5;

/**
 * Makes one object as it is rendered. An update carries the uid and resourceVersion that were read;
 * a creation is a POST. So a writer that has lost the app gets 409 and brings nothing back.
 * @throws SupersededError, ConflictError when the object belongs to somebody else, ClusterError.
 */
export const writeObject = async (
  session: PromotionSession,
  request: WriteRequest
): Promise<KubernetesObject> => {
  for (let left = tries, current = request; ; left--) {
    try {
      return await write(session, current);
    } catch (error) {
      if (!isStale(error) || left === 1) throw error;
      // Somebody wrote in between: go on only while the app is still ours.
      await session.renew();
      current = { ...current, live: await readAgain(session, request.object) };
    }
  }
};

const write = (session: PromotionSession, request: WriteRequest): Promise<KubernetesObject> =>
  request.live ? update(session, request, request.live) : create(session, request);

/** 409 for an old resourceVersion or an existing object; a field of another manager is final. */
const isStale = (error: unknown): boolean =>
  (hasStatus(error, 409) || hasStatus(error, 404)) &&
  !(error instanceof Error && /conflict(s)? with|namespace .* not found/i.test(error.message));

const readAgain = async (session: PromotionSession, { kind, metadata }: KubernetesObject) => {
  const live = await session.deps.cluster.get(kind, metadata.namespace, metadata.name);
  if (live) requireOurs(live, metadata);
  return live;
};

/** An object of that name that carries other labels than ours is not ours to change. */
export const requireOurs = (live: KubernetesObject, wanted: ObjectMeta): void => {
  const same = ['rack', 'app'].every((it) => live.metadata.labels?.[it] === wanted.labels?.[it]);
  if (same) return;
  const { rack = 'nobody', app = 'nobody' } = live.metadata.labels ?? {};
  throw new ConflictError(`${objectKey(live)} exists and belongs to rack ${rack}, app ${app}`, {
    hint: 'delete or rename it, then promote again',
  });
};

const labelsOf = (session: PromotionSession, release: string): Record<string, string> => ({
  [objectLabels.release]: release.toLowerCase(),
  [objectLabels.promotion]: session.hold.promotion.toLowerCase(),
  [objectLabels.fence]: String(session.hold.fence),
});

const labelled = (
  session: PromotionSession,
  { object, release }: WriteRequest,
  meta: Partial<ObjectMeta>
): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    ...meta,
    labels: { ...object.metadata.labels, ...labelsOf(session, release) },
    annotations: { ...object.metadata.annotations, ...meta.annotations },
  },
});

const create = (session: PromotionSession, request: WriteRequest): Promise<KubernetesObject> => {
  const object = labelled(session, request, {
    annotations: { [annotations.createdBy]: session.hold.promotion },
  });
  const spec = object['spec'] as object | undefined;
  const sized =
    request.replicas === undefined
      ? object
      : { ...object, spec: { ...spec, replicas: request.replicas } };
  return session.deps.cluster.create(sized, { fieldManager: managers.main });
};

const update = async (
  session: PromotionSession,
  request: WriteRequest,
  live: KubernetesObject
): Promise<KubernetesObject> => {
  // An environment Secret is immutable: only its labels tell who uses it.
  if (request.object.kind === 'Secret') return stamp(session, live, request.release);
  const ours = await adopted(session, live);
  const { uid, resourceVersion } = ours.metadata;
  const createdBy = live.metadata.annotations?.[annotations.createdBy];
  const object = labelled(session, request, {
    uid,
    resourceVersion,
    annotations: { ...(createdBy && { [annotations.createdBy]: createdBy }) },
  });
  return session.deps.cluster.apply(object, {
    fieldManager: managers.main,
    force: request.force ?? false,
  });
};

const adopted = async (
  session: PromotionSession,
  live: KubernetesObject
): Promise<KubernetesObject> => {
  const managedFields = adoptFields(live.metadata.managedFields);
  if (!managedFields) return live;
  const { resourceVersion } = live.metadata;
  return session.deps.cluster.patch(
    live,
    { metadata: { resourceVersion, managedFields } },
    { fieldManager: managers.main }
  );
};

/** Puts the fence on an object without changing it: an older writer then gets 409. */
export const stamp = (
  session: PromotionSession,
  live: KubernetesObject,
  release: string
): Promise<KubernetesObject> => {
  const { resourceVersion } = live.metadata;
  return session.deps.cluster.patch(
    live,
    { metadata: { resourceVersion, labels: labelsOf(session, release) } },
    { fieldManager: managers.main }
  );
};
