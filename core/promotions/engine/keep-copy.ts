import { timestamp } from '../../clock.ts';
import { NotFoundError } from '../../errors.ts';
import { hasStatus } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { managers } from '../../rendering/labels.ts';
import { type ActiveCopy, activeCopy, type LiveObject } from './active-copy.ts';
import type { PromotionSession } from './session.ts';

const tries = 4;

/**
 * Writes the cluster's own copy of what has just become active. Guarded like every other object, so
 * that a late writer does not put an older release's copy in the place of a newer one's.
 * @throws SupersededError, ClusterError, ClusterUnreachableError.
 */
export const keepCopy = async (
  session: PromotionSession,
  live: ReadonlyMap<string, KubernetesObject>
): Promise<void> => {
  const object = activeCopy(await copyOf(session, live));
  const { namespace, name } = object.metadata;
  let before = live.get(objectKey(object));
  for (let left = tries; ; left--) {
    // After the read: whoever takes the app over from here on changes what was read.
    await session.renew();
    try {
      await write(session, object, before);
      return;
    } catch (error) {
      if (left === 1 || !(hasStatus(error, 409) || hasStatus(error, 404))) throw error;
    }
    before = await session.deps.cluster.get('Secret', namespace, name);
  }
};

const write = (
  { deps }: PromotionSession,
  object: KubernetesObject,
  before: KubernetesObject | undefined
): Promise<KubernetesObject> => {
  if (!before) return deps.cluster.create(object, { fieldManager: managers.main });
  const { uid, resourceVersion } = before.metadata;
  const metadata = { ...object.metadata, uid, resourceVersion };
  return deps.cluster.apply({ ...object, metadata }, { fieldManager: managers.main, force: true });
};

const copyOf = async (
  session: PromotionSession,
  live: ReadonlyMap<string, KubernetesObject>
): Promise<ActiveCopy> => {
  const { deps, run, plan, hold } = session;
  const { release: id } = plan.rendered;
  const [app, release, rendered] = await Promise.all([
    deps.apps.find(run.app),
    deps.releases.find(run.app, id),
    session.renderedWithValues(),
  ]);
  if (!(app && release)) throw new NotFoundError(`release not found: ${id}`);
  const { name, created, sequence, locked, policy, dataKey } = app;
  return {
    rack: deps.rack,
    promotion: hold.promotion,
    fence: hold.fence,
    kept: timestamp(deps.clock),
    app: { name, created, sequence, locked, policy, dataKey },
    release,
    build: await deps.builds.find(run.app, release.build),
    rendered,
    live: rendered.objects.flatMap((it) => liveObject(live.get(objectKey(it)))),
  };
};

const liveObject = (object: KubernetesObject | undefined): LiveObject[] => {
  if (!object || object.kind === 'Namespace') return [];
  const { replicas } = (object['spec'] ?? {}) as { replicas?: number };
  const { uid = '' } = object.metadata;
  return [{ key: objectKey(object), uid, ...(replicas !== undefined && { replicas }) }];
};
