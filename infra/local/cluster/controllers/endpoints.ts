import { hostPortsAnnotation } from '../node/pods/pod-sandbox.ts';
import { type Pod, read, type Service, stored, type WireObject } from '../wire.ts';
import { type ControllerSpec, keyOf, type ObjectKey, type Tools } from './controller.ts';
import { createObject } from './create-object.ts';
import { nodeName } from './local-node.ts';
import { isActive, isReady } from './pod-state.ts';

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

const containerPort = (pod: Pod, { targetPort, port }: ServicePort): number => {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const named = ports.find(({ name }) => name === targetPort)?.containerPort;
  return named ?? (typeof targetPort === 'number' ? targetPort : port);
};

const hostPortsOf = (pod: Pod): Partial<Record<string, number>> =>
  JSON.parse(pod.metadata?.annotations?.[hostPortsAnnotation] ?? '{}') as Partial<
    Record<string, number>
  >;

const portsOf = (pod: Pod, { spec }: Service) =>
  (spec?.ports ?? []).map((each) => {
    const inside = containerPort(pod, each);
    return {
      ...(each.name === undefined ? {} : { name: each.name }),
      port: hostPortsOf(pod)[`${inside}`] ?? inside,
      protocol: each.protocol ?? 'TCP',
    };
  });

/** Every pod has ports of its own on this machine, so every pod is a subset of its own. */
const subsetOf = (pod: Pod, service: Service) => {
  const { name, namespace, uid } = pod.metadata ?? {};
  const address = {
    ip: pod.status?.podIP ?? '127.0.0.1',
    nodeName,
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
  const list = isReady(pod) ? 'addresses' : 'notReadyAddresses';
  return { [list]: [address], ports: portsOf(pod, service) };
};

const selects = (service: Service, pod: Pod): boolean =>
  Object.entries(service.spec?.selector ?? {}).every(
    ([key, value]) => pod.metadata?.labels?.[key] === value
  );

const endpointsOf = (service: Service, { store }: Tools): WireObject => {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const pods = store
    .list('pods', { namespace })
    .map((object) => read<Pod>(object))
    .filter((pod) => selects(service, pod) && isActive(pod) && pod.status?.podIP !== undefined);
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace },
    subsets: pods.map((pod) => subsetOf(pod, service)),
  } as WireObject;
};

const reconcile = ({ namespace, name }: ObjectKey, tools: Tools): void => {
  const { store } = tools;
  const object = store.get('services', namespace, name);
  const existing = store.get('endpoints', namespace, name);
  if (object === undefined) {
    store.remove('endpoints', namespace, name);
    return;
  }
  const service = read<Service>(object);
  if (service.spec?.selector === undefined) {
    return;
  }
  const endpoints = endpointsOf(service, tools);
  if (existing === undefined) {
    createObject(store, 'endpoints', endpoints);
  } else {
    store.update('endpoints', { ...existing, subsets: stored(endpoints)['subsets'] });
  }
};

/** Says where the pods of Services answer on this machine. */
export const endpointsController: ControllerSpec = {
  name: 'endpoint-controller',
  resource: 'services',
  watches: {
    pods: (pod, store) =>
      store
        .list('services', { namespace: pod.metadata?.namespace })
        .filter((service) => selects(read<Service>(service), read<Pod>(pod)))
        .map(keyOf),
  },
  reconcile,
};
