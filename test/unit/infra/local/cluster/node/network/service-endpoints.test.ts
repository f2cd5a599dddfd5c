import { expect, test } from '@jest/globals';
import { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import { frontRoutes, hostName } from '#infra/local/cluster/node/network/front-routes.ts';
import { serviceEndpoints } from '#infra/local/cluster/node/network/service-endpoints.ts';
import type { StoredObject } from '#infra/local/cluster/object-store.ts';

const pod = (name: string, fields: { ready?: string; metadata?: object } = {}): StoredObject =>
  ({
    metadata: {
      name,
      namespace: 'rack-shop',
      labels: { service: 'web' },
      annotations: { 'rackless.dev/host-ports': '{"3000":21000,"9090":21001}' },
      ...fields.metadata,
    },
    spec: {
      containers: [
        {
          name: 'web',
          ports: [{ containerPort: 3000 }, { name: 'metrics', containerPort: 9090 }],
        },
      ],
    },
    status: { conditions: [{ type: 'Ready', status: fields.ready ?? 'True' }] },
  }) as unknown as StoredObject;

const service = { metadata: { namespace: 'rack-shop' }, spec: { selector: { service: 'web' } } };

const storeWith = (...pods: StoredObject[]): MemoryStore => {
  const store = new MemoryStore();
  for (const one of pods) {
    store.create('pods', one);
  }
  return store;
};

test('only pods that are ready and stay count', () => {
  const store = storeWith(
    pod('good'),
    pod('unready', { ready: 'False' }),
    pod('leaving', { metadata: { deletionTimestamp: '2026-03-18T14:30:49Z' } }),
    pod('other', { metadata: { labels: { service: 'api' } } }),
    pod('elsewhere', { metadata: { namespace: 'rack-blog' } })
  );

  expect(serviceEndpoints(store, service, { port: 80, targetPort: 3000 })).toEqual([
    { pod: 'good', port: 21_000 },
  ]);
});

test.each([
  [{ port: 80, targetPort: 3000 }, 21_000],
  [{ port: 80, targetPort: 'metrics' }, 21_001],
  [{ port: 9090 }, 21_001],
  [{ port: 80, targetPort: 8080 }, 8080],
])('port %j leads to %i', (port, expected) => {
  expect(serviceEndpoints(storeWith(pod('web')), service, port)).toEqual([
    { pod: 'web', port: expected },
  ]);
});

test('a service without a selector has no pods', () => {
  expect(serviceEndpoints(storeWith(pod('web')), { spec: {} }, { port: 9090 })).toEqual([]);
});

test('the front serves labelled services with a port that are not internal', () => {
  const store = new MemoryStore();
  const add = (name: string, metadata: object, ports = [{ port: 80 }]): void => {
    store.create('services', {
      metadata: { name, namespace: 'rack-shop', ...metadata },
      spec: { ports },
    } as StoredObject);
  };
  add('web', { labels: { app: 'shop', service: 'web' } });
  add('worker', { labels: { app: 'shop', service: 'worker' } }, []);
  add('plain', {});
  add('db', {
    labels: { app: 'shop', service: 'db' },
    annotations: { 'rackless.dev/internal': 'true' },
  });

  expect(frontRoutes(store).map(({ host }) => host)).toEqual(['shop-web']);
  expect(hostName('Shop-Web.localhost:8080')).toBe('shop-web');
});
