import type { KubernetesObject } from '../kubernetes/object.ts';
import { annotations } from '../rendering/labels.ts';
import {
  observeDeployment,
  observePod,
  type PodObservation,
  type ServiceObservation,
} from './observation.ts';

/**
 * What a set of live objects says about one service. `template` is the mark of the wanted pods, so
 * that nothing has to be known about ReplicaSets. `scaleUps`: pods that a node is coming for.
 */
export const observeService = (
  { name, template }: { readonly name: string; readonly template: string },
  live: Iterable<KubernetesObject>,
  scaleUps: ReadonlySet<string> = none
): ServiceObservation => {
  const mine = [...live].filter((it) => it.metadata.labels?.['service'] === name);
  const deployment = mine.find((it) => it.kind === 'Deployment' && it.metadata.name === name);
  const all = mine.filter((it) => it.kind === 'Pod');
  const pods = all.filter((it) => !isOver(it));
  const isFresh = (it: KubernetesObject): boolean =>
    (it.metadata.annotations?.[annotations.template] ?? '') === template;
  const observe = (it: KubernetesObject): PodObservation => ({
    ...observePod(it),
    ...(scaleUps.has(it.metadata.name) && { scaleUp: true }),
  });
  return {
    service: name,
    deployment: deployment && observeDeployment(deployment),
    fresh: pods.filter(isFresh).map(observe),
    old: pods.filter((it) => !isFresh(it)).map(observe),
    leaving: all.filter(isLeaving).length,
  };
};

const none: ReadonlySet<string> = new Set();

/** One that has ended meanwhile holds nothing any more. */
const isLeaving = (pod: KubernetesObject): boolean =>
  pod.metadata.deletionTimestamp !== undefined && !isEnded(pod);

/** Leaving, or ended as a whole (evicted, preempted, node gone): its controller has replaced it. */
const isOver = (pod: KubernetesObject): boolean =>
  pod.metadata.deletionTimestamp !== undefined || isEnded(pod);

const isEnded = (pod: KubernetesObject): boolean => {
  const phase = (pod['status'] as { phase?: string } | undefined)?.phase;
  return phase === 'Failed' || phase === 'Succeeded';
};
