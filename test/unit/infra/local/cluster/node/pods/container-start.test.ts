import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isReady, namespace, nodeImage } from '../node-bed.ts';
import { mainOf, type PodBed, startPodBed, waitingReason } from './pod-bed.ts';

let bed: PodBed;
beforeEach(async () => {
  bed = await startPodBed();
});
afterEach(() => bed.close());

test('a command that is not there is a StartError', async () => {
  bed.create({ name: 'main', image: bed.image, command: ['no-such-command'] });
  await bed.until('web', (pod) => waitingReason(pod) === 'RunContainerError');
  const { state, lastState } = mainOf(bed.pod('web')) ?? {};

  expect(state?.waiting?.message).toMatch(
    /exec: "no-such-command": executable file not found in \$PATH$/
  );
  expect(lastState?.terminated).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
    startedAt: '1970-01-01T00:00:00Z',
  });
});

test('nothing to run is a CreateContainerError', async () => {
  bed.create({ name: 'main', image: bed.image });
  await bed.until('web', (pod) => waitingReason(pod) === 'CreateContainerError');

  expect(mainOf(bed.pod('web'))?.state?.waiting?.message).toContain('no command specified');
});

test('a process that ignores PORT is told so, in an event and in its log', async () => {
  const other = bed.push({
    ...nodeImage("require('http').createServer().listen(0, '127.0.0.1')"),
    repository: 'shop/stubborn',
  });
  bed.create({ name: 'main', image: other, ports: [{ containerPort: 3000 }] });
  await bed.until('web', isReady);
  const { 'rackless.dev/host-port': port } = bed.pod('web').metadata?.annotations ?? {};
  const sentence = new RegExp(
    `container main listens on port \\d+ but was given port ${port}: .*listen on the PORT environment variable`
  );
  for await (const chunk of bed.agent.podLogs.read(
    { namespace, pod: 'web', container: 'main' },
    { follow: true }
  )) {
    expect(`${chunk}`).toMatch(sentence);
    break;
  }

  expect(bed.events('web').at(-1)).toMatch(sentence);
});
