import type { ObjectStore } from '../../object-store.ts';
import { hostPortsAnnotation } from '../pods/pod-sandbox.ts';
import { readPortMap } from '../port-map.ts';
import { asPod, type Pod, type Service, type ServicePort } from '../wire-objects.ts';

/** Where one pod of a Service answers on this machine. */
export interface Endpoint {
  readonly pod: string;
  readonly port: number;
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some(
    ({ type, status: value }) => type === 'Ready' && value === 'True'
  );

const containerPort = (pod: Pod, { targetPort, port }: ServicePort): number | undefined => {
  if (typeof targetPort !== 'string') {
    return targetPort ?? port;
  }
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find(({ name }) => name === targetPort)?.containerPort;
};

const endpointOf = (pod: Pod, port: ServicePort): Endpoint | undefined => {
  const hostPorts = readPortMap(pod.metadata?.annotations?.[hostPortsAnnotation]);
  const inside = containerPort(pod, port);
  // A port that no container declares was not moved: the process listens on it as it is.
  const hostPort = hostPorts[`${inside}`] ?? inside;
  return hostPort === undefined ? undefined : { pod: pod.metadata?.name ?? '', port: hostPort };
};

const selectorText = (selector: Readonly<Record<string, string>>): string =>
  Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The pods that a Service's port leads to now: ready, and not on their way out. */
export const serviceEndpoints = (
  store: ObjectStore,
  { metadata, spec }: Service,
  port: ServicePort
): readonly Endpoint[] => {
  if (spec?.selector === undefined) {
    return [];
  }
  const labelSelector = selectorText(spec.selector);
  return store
    .list('pods', { namespace: metadata?.namespace, labelSelector })
    .map(asPod)
    .filter(isReady)
    .map((pod) => endpointOf(pod, port))
    .filter((endpoint) => endpoint !== undefined);
};

/** Takes turns: the next list begins one further than the last. */
export class RoundRobin {
  #turn = 0;

  order<T>(items: readonly T[]): readonly T[] {
    if (items.length === 0) {
      return items;
    }
    const start = this.#turn % items.length;
    this.#turn += 1;
    return [...items.slice(start), ...items.slice(0, start)];
  }
}
