import type { KubernetesObject } from '../kubernetes/object.ts';
import { annotations } from '../rendering/labels.ts';
import { observeDeployment, observePod, type ServiceObservation } from './observation.ts';

/**
 * What a set of live objects says about one service. `template` is the mark of the wanted pods, so
 * that nothing has to be known about ReplicaSets.
 */
export const observeService = (
  { name, template }: { readonly name: string; readonly template: string },
  live: Iterable<KubernetesObject>
): ServiceObservation => {
  const mine = [...live].filter((it) => it.metadata.labels?.['service'] === name);
  const deployment = mine.find((it) => it.kind === 'Deployment' && it.metadata.name === name);
  const pods = mine.filter((it) => it.kind === 'Pod' && !isOver(it));
  const isFresh = (it: KubernetesObject): boolean =>
    (it.metadata.annotations?.[annotations.template] ?? '') === template;
  return {
    service: name,
    deployment: deployment && observeDeployment(deployment),
    fresh: pods.filter(isFresh).map(observePod),
    old: pods.filter((it) => !isFresh(it)).map(observePod),
  };
};

/** Leaving, or ended as a whole (evicted, preempted, node gone): its controller has replaced it. */
const isOver = ({ metadata, ...pod }: KubernetesObject): boolean => {
  const phase = (pod['status'] as { phase?: string } | undefined)?.phase;
  return metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded';
};
