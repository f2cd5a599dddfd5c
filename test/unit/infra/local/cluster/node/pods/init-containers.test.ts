import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from '#infra/local/cluster/node/wire-objects.ts';
import { isReady, namespace } from '../node-bed.ts';
import { type PodBed, startPodBed } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

test('an init container that never ends is refused, not waited for', async () => {
  bed.createPod('web', {
    initContainers: [bed.shell('sleep 60', { name: 'proxy', restartPolicy: 'Always' })],
    containers: [bed.shell('sleep 60')],
  });
  await bed.until(
    'web',
    (pod) =>
      pod?.status?.initContainerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerError'
  );

  expect(bed.events('web').at(-1)).toContain('use --kubeconfig');
});

test('init containers run first, one after the other, and share volumes', async () => {
  bed.createPod('web', {
    volumes: [{ name: 'work', emptyDir: {} }],
    initContainers: [
      bed.shell('echo one > /scratch/file', {
        name: 'first',
        volumeMounts: [{ name: 'work', mountPath: '/scratch' }],
      }),
      bed.shell('echo two >> /scratch/file', {
        name: 'second',
        volumeMounts: [{ name: 'work', mountPath: '/scratch' }],
      }),
    ],
    containers: [
      bed.shell('cat /data/file; sleep 60', {
        volumeMounts: [{ name: 'work', mountPath: '/data' }],
      }),
    ],
  });
  await bed.until('web', isReady);
  const lines = bed.agent.podLogs.read(
    { namespace, pod: 'web', container: 'main' },
    { follow: true }
  );
  let text = '';
  for await (const chunk of lines) {
    text += chunk;
    if (text.includes('two')) {
      break;
    }
  }

  expect(text).toBe('one\ntwo\n');
  expect(bed.pod('web').status?.initContainerStatuses).toMatchObject([
    { name: 'first', ready: true, state: { terminated: { exitCode: 0 } } },
    { name: 'second', ready: true, state: { terminated: { exitCode: 0 } } },
  ]);
});

test('a failing init container keeps the others back', async () => {
  bed.createPod('web', {
    initContainers: [bed.shell('exit 1', { name: 'first' })],
    containers: [bed.shell('sleep 60')],
  });
  const first = (pod: Pod | undefined): ContainerStatus | undefined =>
    pod?.status?.initContainerStatuses?.[0];
  await bed.until('web', (pod) => first(pod)?.state?.waiting?.reason === 'CrashLoopBackOff');

  expect(bed.pod('web').status).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
  });
  expect(bed.pod('web').status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Initialized',
      status: 'False',
      reason: 'ContainersNotInitialized',
    })
  );
});
