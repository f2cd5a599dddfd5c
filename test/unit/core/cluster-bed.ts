import type { App } from '#core/apps/app.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { serviceLabels } from '#core/rendering/labels.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';

export const anApp = (given: Partial<App> = {}): App => ({
  name: 'shop',
  created: '2026-01-01T00:00:00.000Z',
  sequence: 1,
  locked: false,
  policy: 'restricted',
  dataKey: '',
  ...given,
});

/** A rack `atom` with the app `shop`, and a cluster to fill. */
export const clusterBed = () => ({
  rack: 'atom',
  cluster: new InMemoryCluster(),
  apps: { find: async (name: string) => (name === 'shop' ? anApp() : undefined) },
});

const namespace = 'atom-shop';

export const aPod = (name: string, given: Partial<KubernetesObject> = {}): KubernetesObject => {
  const [service = ''] = name.split('-');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: serviceLabels({ rack: 'atom', app: 'shop' }, service),
      annotations: { 'rackless.dev/release': 'RAAAAAAAAAA' },
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'shop',
          image: 'registry/shop@sha256:1',
          command: ['node', 'server.js', 'a b'],
          ports: [{ containerPort: 3000 }],
          resources: { requests: { cpu: '250m', memory: '512Mi' } },
        },
      ],
    },
    status: { phase: 'Running', containerStatuses: [aContainer()] },
    ...given,
  };
};

export const aContainer = (given: object = {}): object => ({
  name: 'shop',
  image: 'shop',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
  ...given,
});

export const aDeployment = (name: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: serviceLabels({ rack: 'atom', app: 'shop' }, name) },
  spec: {
    replicas: 2,
    selector: { matchLabels: { service: name } },
    template: {
      metadata: { labels: { service: name } },
      spec: {
        containers: [
          {
            name: 'shop',
            image: 'shop',
            ports: [{ containerPort: 3000 }],
            resources: { requests: { cpu: '250m', memory: '512Mi' } },
          },
        ],
      },
    },
  },
});

export const aService = (name: string, internal = false): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace,
    labels: serviceLabels({ rack: 'atom', app: 'shop' }, name),
    annotations: { 'rackless.dev/internal': String(internal) },
  },
  spec: { selector: { service: name }, ports: [{ port: 3000 }] },
});
