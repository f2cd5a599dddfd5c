import { ConflictError, NotFoundError } from '../../errors.ts';
import { hasStatus } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, type ObjectMeta, objectKey } from '../../kubernetes/object.ts';
import { annotations, managers, objectLabels } from '../../rendering/labels.ts';
import { isPullSecret, pullSecretPatch } from '../../rendering/pull-secret.ts';
import { adoptFields } from './adopt-fields.ts';
import { fieldConflict } from './field-conflict.ts';
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

type Live = KubernetesObject | undefined;

/** Controllers write to a Deployment several times a second while it rolls. */
const tries = 8;

/**
 * Makes one object as it is rendered. An update carries the uid and resourceVersion that were read;
 * a creation is a POST. So a writer that has lost the app gets 409 and brings nothing back.
 * @throws SupersededError, ConflictError when the object belongs to somebody else, ClusterError.
 */
export const writeObject = (
  session: PromotionSession,
  request: WriteRequest
): Promise<KubernetesObject> => {
  if (request.live) requireOurs(request.live, request.object.metadata);
  return guarded(session, request, (live) =>
    live ? update(session, request, live) : create(session, request)
  );
};

/** Changes an object that is there in some other way, with the same guard. One that is gone stays so. */
export const rewriteObject = async (
  session: PromotionSession,
  object: KubernetesObject,
  write: (live: KubernetesObject) => Promise<KubernetesObject>
): Promise<void> => {
  await guarded(session, { object, live: object }, async (live) => (live ? write(live) : object));
};

/** Puts the fence on an object without changing it: an older writer then gets 409. */
export const stampObject = async (
  session: PromotionSession,
  object: KubernetesObject,
  release: string
): Promise<void> => {
  await rewriteObject(session, object, (live) => stamp(session, live, release));
};

/** `replicas` has a manager of its own, so that the main one never takes it from an autoscaler. */
export const scaleObject = async (
  session: PromotionSession,
  object: KubernetesObject,
  replicas: number
): Promise<void> => {
  await rewriteObject(session, object, (live) => {
    const { apiVersion, kind } = live;
    const { name, namespace, uid, resourceVersion } = live.metadata;
    const metadata = { name, namespace, uid, resourceVersion };
    return session.deps.cluster.apply(
      { apiVersion, kind, metadata, spec: { replicas } },
      { fieldManager: managers.scale, force: true }
    );
  });
};

/** Writes only while the app is ours, and again when somebody else wrote in between. */
const guarded = async (
  session: PromotionSession,
  { object, live }: { readonly object: KubernetesObject; readonly live: Live },
  write: (live: Live) => Promise<KubernetesObject>
): Promise<KubernetesObject> => {
  for (let left = tries, current = live; ; left--) {
    await session.renew();
    try {
      return await write(current);
    } catch (error) {
      const conflict = fieldConflict(error, object);
      if (conflict || left === 1 || !isStale(error)) throw conflict ?? error;
      current = await readAgain(session, object);
    }
  }
};

/** 409 for an old resourceVersion or an existing object, 404 for one that is gone; not its namespace. */
const isStale = (error: unknown): boolean =>
  (hasStatus(error, 409) || hasStatus(error, 404)) &&
  !(error instanceof Error && /namespace.* not found/i.test(error.message));

const readAgain = async (
  session: PromotionSession,
  { kind, metadata }: KubernetesObject
): Promise<Live> => {
  const live = await session.deps.cluster.get(kind, metadata.namespace, metadata.name);
  if (live) requireOurs(live, metadata);
  return live;
};

/** An object of that name that carries other labels than ours is not ours to change. */
export const requireOurs = (live: KubernetesObject, wanted: ObjectMeta): void => {
  const same = ['rack', 'app'].every((it) => live.metadata.labels?.[it] === wanted.labels?.[it]);
  if (same) return;
  const owner = ownerOf(live);
  const { rack = '', app = '' } = wanted.labels ?? {};
  throw live.kind === 'Namespace'
    ? new ConflictError(`namespace ${live.metadata.name} exists and belongs to ${owner}`, {
        hint: `if it is meant for the app: kubectl label namespace ${live.metadata.name} system=rackless rack=${rack} app=${app}`,
      })
    : new ConflictError(`${objectKey(live)} exists and belongs to ${owner}`, {
        hint: 'delete or rename it, then promote again',
      });
};

const ownerOf = ({ metadata }: KubernetesObject): string => {
  const { rack, app } = metadata.labels ?? {};
  return rack || app ? `rack ${rack ?? 'nobody'}, app ${app ?? 'nobody'}` : 'somebody else';
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

const create = async (
  session: PromotionSession,
  request: WriteRequest
): Promise<KubernetesObject> => {
  if (request.object.kind === 'Secret' && !request.object['stringData']) {
    throw new NotFoundError(`the values of ${objectKey(request.object)} are gone`);
  }
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
  if (request.object.kind === 'Secret') return updateSecret(session, request, live);
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

/** One with an environment is immutable: only its labels tell who uses it. */
const updateSecret = async (
  session: PromotionSession,
  { object, release }: WriteRequest,
  live: KubernetesObject
): Promise<KubernetesObject> => {
  const stamped = await stamp(session, live, release);
  const patch = isPullSecret(object) ? pullSecretPatch(object) : undefined;
  if (!patch) return stamped;
  const { resourceVersion } = stamped.metadata;
  return session.deps.cluster.patch(
    stamped,
    { metadata: { resourceVersion }, ...patch },
    { fieldManager: managers.main }
  );
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

const stamp = (
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
