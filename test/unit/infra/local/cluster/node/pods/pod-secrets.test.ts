import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isReady, namespace } from '../node-bed.ts';
import { mainOf, type PodBed, startPodBed, waitingReason } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

test('a missing Secret keeps the container back until it appears', async () => {
  bed.create(bed.shell('echo $PASSWORD; sleep 60', { envFrom: [{ secretRef: { name: 'env' } }] }));
  await bed.until('web', (pod) => waitingReason(pod) === 'CreateContainerConfigError');

  expect(mainOf(bed.pod('web'))?.state?.waiting?.message).toBe('secret "env" not found');
  expect(bed.events('web')).toContain('Warning Failed: Error: secret "env" not found');
  bed.store.create('secrets', {
    metadata: { namespace, name: 'env' },
    data: { PASSWORD: Buffer.from('s3cret').toString('base64') },
  } as never);
  await bed.until('web', isReady);
  bed.deletePod('web');
  await bed.until('web', (pod) => pod === undefined);
});

test('a Secret volume is there, under its mount path in the arguments', async () => {
  bed.store.create('secrets', {
    metadata: { namespace, name: 'certs' },
    data: { 'ca.pem': Buffer.from('PEM').toString('base64') },
  } as never);
  bed.createPod('web', {
    restartPolicy: 'Never',
    volumes: [{ name: 'certs', secret: { secretName: 'certs' } }],
    containers: [
      {
        name: 'main',
        image: bed.image,
        command: ['cat', '/etc/certs/ca.pem', '/app/version'],
        volumeMounts: [{ name: 'certs', mountPath: '/etc/certs' }],
      },
    ],
  });
  await bed.until('web', (pod) => pod?.status?.phase === 'Succeeded');

  expect(await bed.logs('web')).toBe('PEMv1');
});

test('a volume of a Secret that is missing is told and tried again', async () => {
  bed.createPod('web', {
    volumes: [{ name: 'certs', secret: { secretName: 'certs' } }],
    containers: [bed.shell('sleep 60')],
  });
  await bed.until('web', (pod) => pod?.status?.conditions !== undefined);

  expect(bed.events('web')).toContain(
    'Warning FailedMount: MountVolume.SetUp failed for volume "certs" : secret "certs" not found'
  );
  bed.store.create('secrets', { metadata: { namespace, name: 'certs' }, data: {} } as never);
  await bed.until('web', isReady);
});
