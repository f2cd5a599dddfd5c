import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import { containerEnvironment } from '#infra/local/cluster/node/containers/container-environment.ts';
import type { Environment } from '#infra/local/cluster/node/containers/declared-environment.ts';
import { PodData } from '#infra/local/cluster/node/containers/pod-data.ts';
import { servicesEnvironment } from '#infra/local/cluster/node/containers/services-environment.ts';
import type { Container } from '#infra/local/cluster/node/wire-objects.ts';
import type { StoredObject } from '#infra/local/cluster/object-store.ts';

let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore();
  store.create('secrets', {
    metadata: { namespace: 'shop', name: 'env' },
    data: { PASSWORD: Buffer.from('s3cret').toString('base64') },
  } as StoredObject);
  store.create('configmaps', {
    metadata: { namespace: 'shop', name: 'settings' },
    data: { COLOR: 'red', 'not a name': 'x' },
  } as StoredObject);
});

const environment = (
  fields: Partial<Container>,
  ports: ReadonlyMap<number, number> = new Map(),
  rootfs = '/nowhere'
): Environment =>
  containerEnvironment({
    pod: {
      metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'shop' } },
      spec: { nodeName: 'local', containers: [] },
    },
    container: { name: 'web', ...fields },
    data: new PodData(store, 'shop'),
    image: {
      digest: '',
      imageId: '',
      size: 0,
      rootfs,
      config: { Env: ['FROM=image', 'PORT=80', 'EMPTY='] },
    },
    services: { DB_SERVICE_HOST: '127.0.0.1' },
    ports,
    mounts: [{ mountPath: '/data', hostPath: '/host/data' }],
    home: '/home',
  });

test('takes image, services, sources and variables, the later ones first', () => {
  const found = environment({
    envFrom: [
      { secretRef: { name: 'env' } },
      { configMapRef: { name: 'settings' }, prefix: 'MY_' },
      { secretRef: { name: 'gone', optional: true } },
    ],
    env: [
      { name: 'FROM', value: 'pod' },
      { name: 'URL', value: 'http://$(DB_SERVICE_HOST)/$(FROM)' },
      { name: 'FILE', value: '/data/x' },
      { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ],
  });

  expect(found).toMatchObject({
    FROM: 'pod',
    EMPTY: '',
    PASSWORD: 's3cret',
    MY_COLOR: 'red',
    URL: 'http://127.0.0.1/pod',
    FILE: '/host/data/x',
    ME: 'web-1',
    APP: 'shop',
    IP: '127.0.0.1',
    HOME: '/home',
  });
  expect(found['MY_not a name']).toBeUndefined();
});

test('PORT is the host port, whatever image and pod say', () => {
  const ports = new Map([
    [3000, 21_000],
    [9090, 21_001],
  ]);
  const found = environment(
    {
      env: [
        { name: 'PORT', value: '3000' },
        { name: 'ADDRESS', value: ':$(PORT)' },
      ],
    },
    ports
  );

  expect(found).toMatchObject({ PORT: '21000', PORT_3000: '21000', PORT_9090: '21001' });
  expect(environment({})).toMatchObject({ PORT: '80' });
});

test('has nothing of the environment of whoever started the cluster', () => {
  const names = new Set(Object.keys(environment({})));

  expect(names).toEqual(new Set(['DB_SERVICE_HOST', 'EMPTY', 'FROM', 'HOME', 'PATH', 'PORT']));
});

test.each<[Partial<Container>, string]>([
  [{ envFrom: [{ secretRef: { name: 'gone' } }] }, 'secret "gone" not found'],
  [{ envFrom: [{ configMapRef: { name: 'gone' } }] }, 'configmap "gone" not found'],
  [
    { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'env', key: 'K' } } }] },
    "couldn't find key K in Secret shop/env",
  ],
  [
    { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'K' } } }] },
    "couldn't find key K in ConfigMap shop/settings",
  ],
])('%j is an error in the words of the kubelet', (fields, message) => {
  expect(() => environment(fields)).toThrow(message);
});

test('resource fields are counted in their divisor', () => {
  const memory = { resource: 'limits.memory', divisor: '1Mi' };
  const found = environment({
    resources: { limits: { memory: '64Mi', cpu: '250m' } },
    env: [
      { name: 'MEMORY', valueFrom: { resourceFieldRef: memory } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    ],
  });

  expect(found).toMatchObject({ MEMORY: '64', CPU: '1' });
});

test('tells where the services of the namespace answer', () => {
  const service = {
    metadata: { name: 'my-db', annotations: { 'rackless.dev/proxy-ports': '{"5432":23456}' } },
    spec: { ports: [{ name: 'sql', port: 5432 }] },
  };

  expect(servicesEnvironment([service])).toEqual({
    MY_DB_SERVICE_HOST: '127.0.0.1',
    MY_DB_SERVICE_PORT: '23456',
    MY_DB_SERVICE_PORT_SQL: '23456',
    MY_DB_PORT: 'tcp://127.0.0.1:23456',
    MY_DB_PORT_23456_TCP: 'tcp://127.0.0.1:23456',
    MY_DB_PORT_23456_TCP_PROTO: 'tcp',
    MY_DB_PORT_23456_TCP_PORT: '23456',
    MY_DB_PORT_23456_TCP_ADDR: '127.0.0.1',
  });
  expect(
    servicesEnvironment([{ metadata: { name: 'x' }, spec: { ports: [{ port: 1 }] } }])
  ).toEqual({});
});

test.each([
  ['first, when they can start here', 'ld-linux-x86-64.so.2', 0],
  ['last, when they need a loader that this machine lacks', 'ld-musl-nowhere.so.1', -1],
])("the image's programs are looked for %s", (_when, loader, position) => {
  const rootfs = mkdtempSync(join(tmpdir(), 'rackless-rootfs-'));
  for (const folder of ['bin', 'lib']) mkdirSync(join(rootfs, folder));
  for (const file of ['bin/sh', `lib/${loader}`]) writeFileSync(join(rootfs, file), '');

  const path = environment({}, new Map(), rootfs)['PATH']?.split(delimiter);

  rmSync(rootfs, { recursive: true });
  const onThisMachine = process.platform === 'linux' ? position : -1;
  expect(path?.at(onThisMachine)).toBe(join(rootfs, 'bin'));
});
