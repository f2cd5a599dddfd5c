import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Pod } from '#infra/local/cluster/node/wire-objects.ts';
import { namespace } from '../node-bed.ts';
import { mainOf, type PodBed, startPodBed, waitingReason } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

const labelOf = (pod: Pod): string => `web_${namespace}(${pod.metadata?.uid})`;

test('a container that keeps exiting backs off, in the words of the kubelet', async () => {
  bed.create(bed.shell('echo "run"; exit 3'));

  await bed.until('web', (pod) => waitingReason(pod) === 'CrashLoopBackOff');
  const pod = bed.pod('web');

  expect(pod.status?.phase).toBe('Running');
  expect(mainOf(pod)).toMatchObject({
    restartCount: 1,
    ready: false,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 10s restarting failed container=main pod=${labelOf(pod)}`,
      },
    },
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
  expect(bed.events('web')).toContain(
    `Warning BackOff: Back-off restarting failed container main in pod ${labelOf(pod)}`
  );
  await bed.until('web', (current) => mainOf(current)?.restartCount === 2);
  expect(await bed.logs('web', 'main', true)).toBe('run\n');
});

test('a repeated event raises the count of the first', async () => {
  bed.create(bed.shell('exit 1'));
  await bed.until('web', (pod) => mainOf(pod)?.restartCount === 2);

  const created = bed.store
    .list('events', { namespace })
    .filter((event) => event['reason'] === 'Created');

  expect(created).toMatchObject([{ count: 3, source: { component: 'kubelet' } }]);
});

test.each([
  { policy: 'Never', script: 'exit 0', phase: 'Succeeded', reason: 'Completed', exitCode: 0 },
  { policy: 'Never', script: 'exit 4', phase: 'Failed', reason: 'Error', exitCode: 4 },
  // Two dollar signs are one after Kubernetes has expanded variables.
  { policy: 'Never', script: 'kill -9 $$$$', phase: 'Failed', reason: 'Error', exitCode: 137 },
  { policy: 'OnFailure', script: 'exit 0', phase: 'Succeeded', reason: 'Completed', exitCode: 0 },
])('policy $policy, "$script": the pod ends as $phase', async (given) => {
  bed.create(bed.shell(given.script), given.policy);
  await bed.until('web', (pod) => pod?.status?.phase === given.phase);

  expect(mainOf(bed.pod('web'))).toMatchObject({
    ready: false,
    restartCount: 0,
    state: {
      terminated: {
        exitCode: given.exitCode,
        reason: given.reason,
        containerID: expect.stringMatching(/^process:\/\//),
      },
    },
  });
});

test('the last words of a container are its termination message', async () => {
  bed.create(bed.shell('echo "out of luck" > /dev/termination-log; exit 1'), 'Never');
  await bed.until('web', (pod) => pod?.status?.phase === 'Failed');
  bed.createPod('second', {
    restartPolicy: 'Never',
    containers: [
      bed.shell('echo from the log; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
    ],
  });
  await bed.until('second', (pod) => pod?.status?.phase === 'Failed');

  expect(mainOf(bed.pod('web'))?.state?.terminated?.message).toBe('out of luck\n');
  expect(mainOf(bed.pod('second'))?.state?.terminated?.message).toBe('from the log\n');
});

test('a pod past its deadline fails', async () => {
  bed.createPod('web', { activeDeadlineSeconds: 30, containers: [bed.shell('exec sleep 60')] });
  await bed.until('web', (pod) => mainOf(pod)?.state?.terminated !== undefined);

  expect(bed.pod('web').status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});
