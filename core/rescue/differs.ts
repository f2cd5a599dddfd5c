import type { KubernetesObject } from '../kubernetes/object.ts';
import { canonical } from '../rendering/canonical.ts';
import { objectLabels } from '../rendering/labels.ts';

const ours: ReadonlySet<string> = new Set(Object.values(objectLabels));

/** Whether more than the marks that every write leaves is different. Annotations of controllers are theirs. */
export const differs = (one: KubernetesObject, other: KubernetesObject): boolean =>
  canonical(substance(one)) !== canonical(substance(other));

const substance = ({ metadata, spec }: KubernetesObject) => ({
  uid: metadata.uid,
  labels: Object.fromEntries(
    Object.entries(metadata.labels ?? {}).filter(([name]) => !ours.has(name))
  ),
  annotations: Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(
      ([name]) => name !== 'deployment.kubernetes.io/revision'
    )
  ),
  spec,
});
