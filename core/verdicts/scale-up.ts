import type { KubernetesObject } from '../kubernetes/object.ts';

/** The Cluster Autoscaler's word, and Karpenter's. */
const reasons = new Set(['TriggeredScaleUp', 'Nominated']);

/** The pod that an autoscaler gets a node for, if that is what an event says. */
export const scaleUpOf = (event: KubernetesObject): string | undefined => {
  const { reason, involvedObject } = event as {
    readonly reason?: string;
    readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  };
  if (!reasons.has(reason ?? '') || involvedObject?.kind !== 'Pod') return undefined;
  return involvedObject.name;
};
