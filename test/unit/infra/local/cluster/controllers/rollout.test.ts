import { afterEach, expect, test } from '@jest/globals';
import { createObject } from '#infra/local/cluster/controllers/create-object.ts';
import { startControllers } from '#infra/local/cluster/controllers/start-controllers.ts';
import { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import { type Deployment, type Pod, read, stored } from '#infra/local/cluster/wire.ts';

const key = { namespace: 'default', name: 'web' };
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
});

const podsOf = (store: MemoryStore): Pod[] => store.list('pods').map((object) => read<Pod>(object));

const isReady = ({ status, metadata }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some(({ type }) => type === 'Ready');

const start = (store: MemoryStore, pod: Pod): void => {
  const conditions = [...(pod.status?.conditions ?? []), { type: 'Ready', status: 'True' }];
  store.modify('pods', { namespace: 'default', name: pod.metadata?.name ?? '' }, (latest) =>
    stored({ ...read<Pod>(latest), status: { phase: 'Running', conditions } } as Pod)
  );
};

const isStartable = ({ spec, status }: Pod): boolean =>
  spec?.nodeName !== undefined &&
  status?.phase === 'Pending' &&
  spec.containers[0]?.image !== 'broken';

/** Stands in for the node: pods of images that are not `broken` get ready, deleted ones go. */
const runPods = (store: MemoryStore): (() => void) =>
  store.subscribe('pods', ({ type, object }) => {
    const pod = read<Pod>(object);
    if (type !== 'DELETED' && pod.metadata?.deletionTimestamp !== undefined) {
      setImmediate(() => store.remove('pods', 'default', pod.metadata?.name ?? ''));
    } else if (type !== 'DELETED' && isStartable(pod)) {
      setImmediate(() => start(store, pod));
    }
  });

const startBed = (): MemoryStore => {
  const store = new MemoryStore();
  stops.push(startControllers(store), runPods(store));
  return store;
};

const deploy = (store: MemoryStore, spec: Partial<Deployment['spec']> = {}): void => {
  createObject(store, 'deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: key,
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      },
      ...spec,
    },
  } as Deployment);
};

const setImage = (store: MemoryStore, image: string): void => {
  store.modify('deployments', key, (object) => {
    const deployment = read<Deployment>(object);
    const template = {
      ...deployment.spec?.template,
      spec: { ...deployment.spec?.template.spec, containers: [{ name: 'web', image }] },
    };
    return stored({ ...deployment, spec: { ...deployment.spec, template } } as Deployment);
  });
};

const deployment = (store: MemoryStore): Deployment =>
  read<Deployment>(store.get('deployments', key.namespace, key.name) ?? {});

const settle = async (store: MemoryStore, fits: (deployment: Deployment) => boolean) => {
  while (!fits(deployment(store))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

const isOn =
  (image: string, store: MemoryStore) =>
  ({ status }: Deployment): boolean =>
    status?.availableReplicas === 4 &&
    status.updatedReplicas === 4 &&
    podsOf(store).length === 4 &&
    podsOf(store).every(({ spec }) => spec?.containers[0]?.image === image);

test('a rolling update stays within its surge and keeps enough pods ready', async () => {
  const store = startBed();
  deploy(store, { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  await settle(store, isOn('web:1', store));
  const ready: number[] = [];
  const wanted: number[] = [];
  store.subscribe('pods', () => ready.push(podsOf(store).filter(isReady).length));
  store.subscribe('replicasets', () =>
    wanted.push(
      store
        .list('replicasets')
        .reduce((sum, { spec }) => sum + (spec as { replicas: number }).replicas, 0)
    )
  );

  setImage(store, 'web:2');
  await settle(store, isOn('web:2', store));

  expect(Math.min(...ready)).toBeGreaterThanOrEqual(4);
  expect(Math.max(...wanted)).toBe(5);
});

test('a Recreate lets no old and new pod live at once', async () => {
  const store = startBed();
  deploy(store, { strategy: { type: 'Recreate' } });
  await settle(store, isOn('web:1', store));
  const mixed: boolean[] = [];
  store.subscribe('pods', () => {
    const images = new Set(podsOf(store).map(({ spec }) => spec?.containers[0]?.image));
    mixed.push(images.size > 1);
  });

  setImage(store, 'web:2');
  await settle(store, isOn('web:2', store));

  expect(mixed).not.toContain(true);
});

test('a broken template leaves the old pods up, and coming back removes it', async () => {
  const store = startBed();
  deploy(store);
  await settle(store, isOn('web:1', store));

  setImage(store, 'broken');
  await settle(store, ({ status }) => status?.updatedReplicas === 2);
  const during = podsOf(store).filter(isReady).length;
  setImage(store, 'web:1');
  await settle(store, isOn('web:1', store));

  expect(during).toBeGreaterThanOrEqual(3);
  expect(store.list('replicasets')).toHaveLength(2);
});

test('a full quota is an event and a condition, not a crash', async () => {
  const store = startBed();
  store.create('resourcequotas', {
    metadata: { name: 'small', namespace: 'default' },
    spec: { hard: { pods: '1' } },
  });

  deploy(store);
  await settle(store, ({ status }) =>
    (status?.conditions ?? []).some(({ type }) => type === 'ReplicaFailure')
  );

  expect(podsOf(store)).toHaveLength(1);
  expect(store.list('events').map((event) => event['reason'])).toContain('FailedCreate');
});
