import { namespaceOf } from '../apps/app.ts';
import { ConflictError } from '../errors.ts';
import { sequenceOf } from '../identifiers.ts';
import { type KubernetesObject, objectKey } from '../kubernetes/object.ts';
import { type ActiveCopy, activeCopyName } from '../promotions/engine/active-copy.ts';
import { liveObjects } from '../promotions/engine/live-objects.ts';
import { annotations, managers, objectLabels } from '../rendering/labels.ts';
import { awaitHealth, type ServiceHealth } from './await-health.ts';
import { findActiveCopy, findApp } from './find-apps.ts';
import { type Action, type Rescue, restoreObject } from './restore-object.ts';

export interface RescueRequest {
  readonly app: string;
  readonly rack?: string | undefined;
  /** Only go on if this is the release in the copy. */
  readonly release?: string | undefined;
  readonly dryRun: boolean;
  /** Remove what the copy does not have. */
  readonly prune: boolean;
  /** Also put the number of processes back that there were. */
  readonly scale: boolean;
  /** How long to wait for healthy processes; milliseconds. */
  readonly patience: number;
}

export interface RescueReport {
  readonly rack: string;
  readonly app: string;
  readonly release: string;
  /** When the release became active. */
  readonly kept: string;
  readonly dryRun: boolean;
  readonly objects: readonly { readonly object: string; readonly action: Action }[];
  /** What is in the cluster and not in the copy, such as objects of a promotion that was cut off. */
  readonly leftovers: readonly Leftover[];
  readonly services: readonly ServiceHealth[];
  readonly healthy: boolean;
}

interface Leftover {
  readonly object: string;
  /** The promotion that made it; empty when unknown. */
  readonly promotion: string;
  readonly action: 'left' | 'removed';
}

type Dependencies = Pick<Rescue, 'cluster' | 'clock' | 'sleep'>;

/** More than the attempts of a promotion can reach: the mark of a rescue. */
const raise = 1000;

/**
 * Puts the active release of an app back from the copy that the cluster has of it, without the
 * plane. Safe beside a plane that is alive after all: every write is guarded, a promotion that finds
 * the mark of a rescue goes back to the same release, and a rescue that was written over says so.
 * @throws NotFoundError, ConflictError, ClusterError, ClusterUnreachableError.
 */
export const rescueApp =
  (deps: Dependencies) =>
  async (request: RescueRequest): Promise<RescueReport> => {
    const key = await findApp(deps.cluster, request);
    const copy = await findActiveCopy(deps.cluster, key);
    requireRelease(copy, request.release);
    const live = await liveObjects({ rack: key.rack, cluster: deps.cluster }, key.app);
    const fence = fenceAbove(copy, live.values());
    const { dryRun } = request;
    const rescue: Rescue = { ...deps, key, release: copy.release.id, fence, dryRun };
    const objects = await restoreAll(rescue, copy);
    const leftovers = await handleLeftovers(rescue, request, leftoversOf(copy, live));
    if (request.scale && !dryRun) await scaleBack(rescue, copy);
    const services = dryRun ? [] : await awaitHealth(rescue, copy, request.patience);
    if (!dryRun) await requireUndisturbed(rescue, copy);
    return {
      ...key,
      release: copy.release.id,
      kept: copy.kept,
      dryRun,
      objects,
      leftovers,
      services,
      healthy: services.every((it) => it.waiting === ''),
    };
  };

const requireRelease = ({ release }: ActiveCopy, wanted: string | undefined): void => {
  if (!wanted || wanted === release.id) return;
  throw new ConflictError(`the cluster has a copy of ${release.id}, not of ${wanted}`, {
    hint: 'only the release that was active last is kept in the cluster: leave --release out to go back to it',
  });
};

const fenceAbove = (copy: ActiveCopy, live: Iterable<KubernetesObject>): number => {
  const fences = [...live].map((it) => Number(it.metadata.labels?.[objectLabels.fence] ?? 0));
  return Math.max(copy.fence, ...fences.filter(Number.isFinite)) + raise;
};

const restoreAll = async (rescue: Rescue, copy: ActiveCopy) => {
  const done: { object: string; action: Action }[] = [];
  for (const object of copy.rendered.objects) {
    const replicas = object.kind === 'Deployment' ? countOf(copy, object) : undefined;
    const action = await restoreObject(rescue, { object, replicas });
    done.push({ object: objectKey(object), action });
  }
  return done;
};

/** As many as ran when the release became active. */
const countOf = (copy: ActiveCopy, deployment: KubernetesObject): number =>
  copy.live.find((it) => it.key === objectKey(deployment))?.replicas ??
  copy.rendered.services.find((it) => it.name === deployment.metadata.name)?.count ??
  1;

/** Environments of other releases stay for a rollback, unless a later promotion made them. */
const leftoversOf = (
  copy: ActiveCopy,
  live: ReadonlyMap<string, KubernetesObject>
): readonly KubernetesObject[] => {
  const keep = new Set([`Secret/${activeCopyName}`, ...copy.rendered.objects.map(objectKey)]);
  return [...live.values()].filter(
    (it) => !keep.has(objectKey(it)) && (it.kind !== 'Secret' || isLater(it, copy))
  );
};

const isLater = (object: KubernetesObject, { promotion }: ActiveCopy): boolean =>
  sequenceOf(makerOf(object) || 'P') > sequenceOf(promotion);

const makerOf = ({ metadata }: KubernetesObject): string =>
  metadata.annotations?.[annotations.createdBy] ?? '';

const handleLeftovers = async (
  rescue: Rescue,
  { prune, dryRun }: RescueRequest,
  objects: readonly KubernetesObject[]
): Promise<readonly Leftover[]> => {
  const action = prune ? 'removed' : 'left';
  // Deployments before the Secrets that their processes may still be asked to start with.
  const found = objects.toReversed();
  for (const object of prune && !dryRun ? found : []) await rescue.cluster.remove(object);
  return found.map((it) => ({ object: objectKey(it), promotion: makerOf(it), action }));
};

const scaleBack = async ({ cluster, key }: Rescue, copy: ActiveCopy): Promise<void> => {
  const namespace = namespaceOf(key.rack, key.app);
  for (const object of copy.rendered.objects.filter((it) => it.kind === 'Deployment')) {
    const { apiVersion, kind } = object;
    const { name } = object.metadata;
    const live = await cluster.get(kind, namespace, name);
    if (!live) continue;
    const { uid } = live.metadata;
    const spec = { replicas: countOf(copy, object) };
    await cluster.apply(
      { apiVersion, kind, metadata: { name, namespace, uid }, spec },
      { fieldManager: managers.scale, force: true }
    );
  }
};

/** A rescue that somebody has written over has not ended as it says. */
const requireUndisturbed = async (rescue: Rescue, copy: ActiveCopy): Promise<void> => {
  const { key, cluster, fence } = rescue;
  const [live, now] = await Promise.all([
    liveObjects({ rack: key.rack, cluster }, key.app),
    findActiveCopy(cluster, key),
  ]);
  const strange = copy.rendered.objects
    .filter((it) => it.kind !== 'Namespace')
    .find((it) => live.get(objectKey(it))?.metadata.labels?.[objectLabels.fence] !== String(fence));
  if (!strange && now.release.id === copy.release.id) return;
  const what = strange ? objectKey(strange) : `Secret/${activeCopyName}`;
  throw new ConflictError(`${what} was written by somebody else during the rescue`, {
    hint: `the plane of rack ${key.rack} seems to be alive: look at the app there before you try again`,
  });
};
