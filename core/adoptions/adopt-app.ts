import type { App } from '../apps/app.ts';
import { namespaceOf } from '../apps/app.ts';
import type { Apps } from '../apps/ports.ts';
import { type Documents, documentKeys } from '../documents/ports.ts';
import { ConflictError } from '../errors.ts';
import { sequenceOf } from '../identifiers.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { objectKey } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import type { ActiveCopy } from '../promotions/engine/active-copy.ts';
import { liveObjects } from '../promotions/engine/live-objects.ts';
import { annotations, objectLabels } from '../rendering/labels.ts';
import { withoutValues } from '../rendering/rendered-release.ts';
import { findActiveCopy } from '../rescue/find-apps.ts';
import type { AdoptedKeys, Adoptions } from './ports.ts';

export interface AdoptionDependencies {
  readonly rack: string;
  readonly cluster: Cluster;
  readonly apps: Pick<Apps, 'find'>;
  readonly adoptions: Adoptions;
  readonly dataKeys: AdoptedKeys;
  readonly documents: Documents;
}

/** Ids that were given out after the copy was made, and are lost, are not given out again. */
const gap = 1000;

/**
 * Brings an app that the cluster has and the table has lost back into the rack, from the cluster's
 * own copy of its active release. Doing it again is no error.
 * @throws NotFoundError without a copy, ConflictError when the rack has another app of the name.
 */
export const adoptApp =
  (deps: AdoptionDependencies) =>
  async ({ name }: { readonly name: string }) => {
    const key = { rack: deps.rack, app: name };
    const copy = await findActiveCopy(deps.cluster, key);
    requireOwn(copy, key);
    const existing = await deps.apps.find(name);
    if (existing) requireSame(existing, copy);
    const live = [...(await liveObjects(deps, name)).values()];
    const app = existing ?? (await restore(deps, copy, live));
    const { release } = copy;
    return {
      app: name,
      release: release.id,
      build: release.build,
      active: copy.kept,
      adopted: !existing,
      lost: [
        `releases, builds and promotions but ${release.id} and ${release.build}`,
        'the stories and evidence of promotions, and the logs of builds',
        ...(app.dataKey === copy.app.dataKey ? [] : [lostKey]),
      ],
      differing: differingObjects(copy, live),
    };
  };

const lostKey = "the app's own key: with the new one the next promotion restarts all processes";

/** A Secret that was carried over from another namespace is somebody else's truth. */
const requireOwn = (copy: ActiveCopy, { rack, app }: { rack: string; app: string }): void => {
  if (copy.rack === rack && copy.app.name === app) return;
  const namespace = namespaceOf(rack, app);
  throw new ConflictError(
    `the copy in namespace ${namespace} is of app ${copy.app.name} of rack ${copy.rack}`,
    { hint: 'somebody has put it there: remove it, and deploy the app' }
  );
};

const requireSame = ({ name, active }: App, { release }: ActiveCopy): void => {
  if (active === release.id) return;
  throw new ConflictError(`app already exists: ${name}`, {
    hint: `its active release is ${active || 'none'}, and ${release.id} in the cluster: promote the one that shall run`,
  });
};

const restore = async (
  deps: AdoptionDependencies,
  copy: ActiveCopy,
  live: readonly KubernetesObject[]
): Promise<App> => {
  const { release, build, rendered } = copy;
  const app: App = {
    ...copy.app,
    sequence: Math.max(copy.app.sequence, ...live.map(sequenceIn)) + gap,
    active: release.id,
  };
  const dataKey = (await deps.dataKeys.opens(app))
    ? app.dataKey
    : await deps.dataKeys.make(app.name);
  // Before the records: an active release is never without the form a rollback needs.
  const key = documentKeys.rendered(app.name, release.id);
  await deps.documents.write(key, withoutValues(rendered));
  const fence = Math.max(copy.fence, ...live.map(fenceOf));
  await deps.adoptions.restore({ app: { ...app, dataKey }, release, build, fence });
  return { ...app, dataKey };
};

/** A promotion that was cut off has made objects, and ids that the copy does not know. */
const sequenceIn = ({ metadata }: KubernetesObject): number => {
  const ids = [
    metadata.annotations?.[annotations.createdBy],
    metadata.labels?.[objectLabels.promotion]?.toUpperCase(),
    metadata.labels?.[objectLabels.release]?.toUpperCase(),
  ];
  return Math.max(
    0,
    ...ids.filter((it) => /^[A-Z]{11}$/.test(it ?? '')).map((it = '') => sequenceOf(it))
  );
};

const fenceOf = ({ metadata }: KubernetesObject): number =>
  Number(metadata.labels?.[objectLabels.fence] ?? 0) || 0;

/** Objects that are not the active release's: promoting that one again puts them right. */
const differingObjects = (
  { release }: ActiveCopy,
  live: readonly KubernetesObject[]
): readonly string[] =>
  live
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Service')
    .filter((it) => it.metadata.labels?.[objectLabels.release] !== release.id.toLowerCase())
    .map(objectKey);
