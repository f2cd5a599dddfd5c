import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from '#infra/local/cluster/node/wire-objects.ts';
import { isReady, namespace } from '../node-bed.ts';
import { mainOf, type PodBed, startPodBed } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

test('what exits while its pod is being deleted is not started again', async () => {
  bed.create(bed.shell('trap "exit 1" TERM; while :; do sleep 0.05; done'));
  await bed.until('web', isReady);
  const restarts: (number | undefined)[] = [];
  bed.store.subscribe('pods', ({ object }) =>
    restarts.push(mainOf(object as unknown as Pod)?.restartCount)
  );

  bed.deletePod('web');
  await bed.until('web', (pod) => pod === undefined);

  expect(new Set(restarts)).toEqual(new Set([0]));
});

test('deletion waits for the preStop hook and the grace period, then kills', async () => {
  bed.createPod('web', {
    volumes: [{ name: 'work', emptyDir: {} }],
    containers: [
      bed.shell('trap "" TERM; echo up; while :; do sleep 0.05; done', {
        lifecycle: { preStop: { exec: { command: ['sh', '-c', 'exit 7'] } } },
      }),
    ],
  });
  await bed.until('web', isReady);
  const last: (ContainerStatus | undefined)[] = [];
  bed.store.subscribe('pods', ({ object }) => last.push(mainOf(object as unknown as Pod)));

  bed.deletePod('web', 5);
  await bed.until('web', (pod) => pod === undefined);

  expect(last.at(-1)?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
  expect(bed.events('web')).toEqual(
    expect.arrayContaining([
      'Normal Killing: Stopping container main',
      'Warning FailedPreStopHook: PreStopHook failed',
    ])
  );
});

test('a pod with a finalizer is left to whoever owns that', async () => {
  bed.create(bed.shell('exec sleep 60'));
  bed.store.modify('pods', { namespace, name: 'web' }, (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, finalizers: ['example.dev/keep'] },
  }));
  await bed.until('web', isReady);

  bed.deletePod('web');
  await bed.until('web', (pod) => pod?.metadata?.deletionGracePeriodSeconds === 0);

  expect(mainOf(bed.pod('web'))?.state?.terminated?.exitCode).toBe(143);
});
