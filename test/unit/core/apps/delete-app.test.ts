import { expect, test } from '@jest/globals';
import type { App } from '#core/apps/app.ts';
import { deleteApp } from '#core/apps/delete-app.ts';
import { finishDeletion } from '#core/apps/finish-deletion.ts';
import { appLabels } from '#core/rendering/labels.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { anApp } from '../cluster-bed.ts';

const bedWith = async (given: Partial<App> = {}) => {
  let app: App | undefined = anApp(given);
  let now = 0;
  const asked: string[] = [];
  const cluster = new InMemoryCluster();
  await cluster.put({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'atom-shop', labels: { ...appLabels({ rack: 'atom', app: 'shop' }) } },
  });
  return {
    rack: 'atom',
    cluster,
    asked,
    record: () => app,
    settle: () => {
      app = app && { ...app, promotion: undefined };
    },
    apps: {
      find: async (name: string) => (name === 'shop' ? app : undefined),
      markDeleting: async () => {
        app = app && { ...app, deleting: true };
      },
      remove: async () => {
        app = undefined;
        asked.push('clear away');
      },
      forget: async () => {
        app = undefined;
      },
    },
    promotions: {
      requestCancel: async (name: string, mode: string) => {
        asked.push(`${mode} ${name}`);
      },
    },
    clock: () => now,
    pause: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

const namespaceOf = ({ cluster }: { readonly cluster: InMemoryCluster }) =>
  cluster.get('Namespace', undefined, 'atom-shop');

test('deletes the namespace, then the records', async () => {
  const bed = await bedWith();

  expect(await deleteApp(bed)({ name: 'shop', forget: false })).toBe('ok');

  expect(await namespaceOf(bed)).toBeUndefined();
  expect(bed.record()).toBeUndefined();
});

test('drops the records alone when it is to forget the app, also with the cluster down', async () => {
  const bed = await bedWith();
  bed.cluster.unreachable = true;

  await deleteApp(bed)({ name: 'shop', forget: true });

  expect(bed.record()).toBeUndefined();
  bed.cluster.unreachable = false;
  expect(await namespaceOf(bed)).toBeDefined();
});

test('changes nothing while the cluster is out of reach', async () => {
  const bed = await bedWith();
  bed.cluster.unreachable = true;

  await expect(deleteApp(bed)({ name: 'shop', forget: false })).rejects.toMatchObject({
    kind: 'unavailable',
  });

  expect(bed.record()).toEqual(anApp());
});

test('leaves a namespace alone that is not ours, and says whose it is', async () => {
  const bed = await bedWith();
  bed.cluster.finishNamespace('atom-shop');
  await bed.cluster.put({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'atom-shop', labels: { rack: 'atom', system: 'convox' } },
  });

  await expect(deleteApp(bed)({ name: 'shop', forget: false })).rejects.toMatchObject({
    kind: 'conflict',
    message:
      'namespace atom-shop does not belong to app shop: its labels are rack=atom, system=convox',
  });

  expect(await namespaceOf(bed)).toBeDefined();
  expect(bed.record()?.deleting).toBeUndefined();
});

test('works for an app that never had a namespace', async () => {
  const bed = await bedWith();
  bed.cluster.finishNamespace('atom-shop');

  await deleteApp(bed)({ name: 'shop', forget: false });

  expect(bed.record()).toBeUndefined();
});

test('leaves a namespace that takes its time to the sweep', async () => {
  const bed = await bedWith();
  bed.cluster.namespacesLinger = true;

  await deleteApp(bed)({ name: 'shop', forget: false });
  expect(bed.record()).toMatchObject({ deleting: true });
  bed.cluster.finishNamespace('atom-shop');

  expect(await finishDeletion(bed)({ app: 'shop' })).toBe('gone');
  expect(bed.record()).toBeUndefined();
});

test('abandons a promotion and keeps the records until it has ended', async () => {
  const bed = await bedWith({ promotion: 'PAAAAAAAAAA' });

  await deleteApp(bed)({ name: 'shop', forget: false });
  expect(bed.asked).toEqual(['abandon shop']);
  expect(bed.record()).toMatchObject({ deleting: true });
  bed.settle();

  expect(await finishDeletion(bed)({ app: 'shop' })).toBe('gone');
});

test('refuses a locked app, and one that is not there', async () => {
  const bed = await bedWith({ locked: true });

  await expect(deleteApp(bed)({ name: 'shop', forget: true })).rejects.toThrow(
    'app is locked: shop'
  );
  await expect(deleteApp(bed)({ name: 'other', forget: false })).rejects.toThrow(
    'app not found: other'
  );
});
