import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { fillPodTemplate } from '../../api/defaults/pod-spec.ts';
import type { MemoryStore } from '../../memory-store.ts';
import { type Deployment, type ReplicaSet, read } from '../../wire.ts';
import { isControlledBy } from '../create-object.ts';

export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';

type Template = NonNullable<Deployment['spec']>['template'];

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Names the ReplicaSet of a template; `collisions` makes another name after a clash. */
export const templateHash = (template: Template, collisions: number): string => {
  const digest = createHash('sha256')
    .update(JSON.stringify([template, collisions]))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => letters[byte % letters.length]).join('');
};

/** With defaults, since a template that was stored earlier may lack one that is new since. */
const comparable = (template: Template): unknown => {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return fillPodTemplate({ ...template, metadata: { ...template.metadata, labels } });
};

const sameTemplate = (a: Template, b: Template): boolean =>
  isDeepStrictEqual(comparable(a), comparable(b));

export const replicasOf = ({ spec }: ReplicaSet): number => spec?.replicas ?? 0;

export const sum = (
  sets: readonly ReplicaSet[],
  count: (set: ReplicaSet) => number | undefined
): number => sets.reduce((total, set) => total + (count(set) ?? 0), 0);

export const revisionOf = ({ metadata }: ReplicaSet | Deployment): number =>
  Number(metadata?.annotations?.[revisionAnnotation] ?? 0);

/** What a Deployment's ReplicaSets are now. */
export interface ReplicaSets {
  /** The one with the Deployment's template. */
  readonly current: ReplicaSet | undefined;
  /** The others, oldest first. */
  readonly old: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
}

const age = ({ metadata }: ReplicaSet): number => Date.parse(metadata?.creationTimestamp ?? '');

export const replicaSetsOf = (deployment: Deployment, store: MemoryStore): ReplicaSets => {
  const all = store
    .list('replicasets', { namespace: deployment.metadata?.namespace })
    .map((object) => read<ReplicaSet>(object))
    .filter((set) => isControlledBy(set, deployment))
    .sort((a, b) => age(a) - age(b) || revisionOf(a) - revisionOf(b));
  const template = deployment.spec?.template;
  const current = all.find(
    ({ spec }) =>
      template !== undefined &&
      spec?.template !== undefined &&
      sameTemplate(spec.template, template)
  );
  return { current, old: all.filter((set) => set !== current), all };
};
