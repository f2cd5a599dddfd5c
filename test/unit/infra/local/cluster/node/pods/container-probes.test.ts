import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isReady } from '../node-bed.ts';
import { mainOf, type PodBed, startPodBed } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

test('a liveness probe that keeps failing restarts the container', async () => {
  bed.create(
    bed.shell('exec sleep 60', {
      livenessProbe: { exec: { command: ['sh', '-c', 'echo dead; exit 1'] }, periodSeconds: 1 },
    })
  );
  await bed.until('web', (pod) => mainOf(pod)?.restartCount === 1);

  expect(bed.events('web')).toEqual(
    expect.arrayContaining([
      'Warning Unhealthy: Liveness probe failed: dead\n',
      'Normal Killing: Container main failed liveness probe, will be restarted',
    ])
  );
  expect(mainOf(bed.pod('web'))?.lastState?.terminated?.exitCode).toBe(143);
});

test('a startup probe holds readiness back, and kills what never starts', async () => {
  bed.create(
    bed.shell('exec sleep 60', {
      startupProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 2 },
    })
  );
  await bed.until('web', (pod) => mainOf(pod)?.state?.running !== undefined);

  expect(mainOf(bed.pod('web'))).toMatchObject({ started: false, ready: false });
  await bed.until('web', (pod) => mainOf(pod)?.restartCount === 1);
  expect(bed.events('web')).toContain(
    'Normal Killing: Container main failed startup probe, will be restarted'
  );
});

test('readiness comes and goes with its probe', async () => {
  bed.createPod('web', {
    volumes: [{ name: 'work', emptyDir: {} }],
    containers: [
      bed.shell('sleep 0.5; rm /scratch/ready; exec sleep 60', {
        volumeMounts: [{ name: 'work', mountPath: '/scratch' }],
        lifecycle: { postStart: { exec: { command: ['touch', '/scratch/ready'] } } },
        readinessProbe: {
          exec: { command: ['cat', '/scratch/ready'] },
          periodSeconds: 1,
          failureThreshold: 2,
        },
      }),
    ],
  });

  await bed.until('web', isReady);
  await bed.until('web', (pod) => !isReady(pod));
  expect(mainOf(bed.pod('web'))?.restartCount).toBe(0);
});
