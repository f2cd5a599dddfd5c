import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isReady } from '../node-bed.ts';
import { mainOf, type PodBed, startPodBed, waitingReason } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

test('an image that is not there is pulled again with back-off', async () => {
  const missing = `${bed.registry.host}/shop/none:v1`;
  bed.create({ name: 'main', image: missing });
  const seen: unknown[] = [];
  bed.store.subscribe('pods', () => seen.push(waitingReason(bed.pod('web'))));

  await bed.until('web', (pod) => waitingReason(pod) === 'ImagePullBackOff');
  const { message } = mainOf(bed.pod('web'))?.state?.waiting ?? {};

  expect(seen).toContain('ErrImagePull');
  expect(message).toMatch(
    `Back-off pulling image "${missing}": ErrImagePull: rpc error: code = NotFound`
  );
  expect(bed.pod('web').status?.phase).toBe('Pending');
  expect(bed.events('web')).toEqual([
    `Normal Pulling: Pulling image "${missing}"`,
    expect.stringContaining(
      `Warning Failed: Failed to pull image "${missing}": rpc error: code = NotFound`
    ),
    'Warning Failed: Error: ErrImagePull',
    `Normal BackOff: Back-off pulling image "${missing}"`,
    'Warning Failed: Error: ImagePullBackOff',
  ]);
  bed.push({ repository: 'shop/none', config: { Cmd: ['sleep', '60'] } });
  await bed.until('web', isReady);
});

test.each([
  ['No/Such:Image', {}, 'InvalidImageName'],
  ['docker.io/library/never:v1', { imagePullPolicy: 'Never' }, 'ErrImageNeverPull'],
])('image %s with %j waits as %s', async (name, fields, reason) => {
  bed.create({ name: 'main', image: name, ...fields });

  await bed.until('web', (pod) => waitingReason(pod) === reason);
  expect(bed.events('web').at(-1)).toBe(`Warning Failed: Error: ${reason}`);
});

test('an image that is there already is not pulled again', async () => {
  bed.create(bed.shell('sleep 60', { imagePullPolicy: 'IfNotPresent' }));
  await bed.until('web', isReady);
  bed.createPod('second', {
    containers: [bed.shell('sleep 60', { imagePullPolicy: 'IfNotPresent' })],
  });
  await bed.until('second', isReady);

  expect(bed.events('second')[0]).toBe(
    `Normal Pulled: Container image "${bed.image}" already present on machine`
  );
});
