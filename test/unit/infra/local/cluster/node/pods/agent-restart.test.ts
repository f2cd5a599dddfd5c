import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isReady, nodeImage, serverScript, startNodeBed } from '../node-bed.ts';
import { mainOf } from './pod-bed.ts';

test('after a restart of the agent a pod runs again and its history goes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rackless-node-'));
  const first = await startNodeBed({ folder });
  const server = first.push(nodeImage(serverScript('hello')));
  first.createPod('web', {
    containers: [
      {
        name: 'main',
        image: server,
        imagePullPolicy: 'IfNotPresent',
        ports: [{ containerPort: 3000 }],
      },
    ],
  });
  await first.until('web', isReady);
  await first.agent.close();

  const second = await startNodeBed({ folder, store: first.store });
  await second.until('web', (pod) => mainOf(pod)?.restartCount === 1 && isReady(pod));

  expect(mainOf(second.pod('web'))?.lastState?.terminated).toMatchObject({
    exitCode: 255,
    reason: 'Unknown',
  });
  expect(second.agent.frontPort).toBe(first.agent.frontPort);
  await second.close();
  first.registry.close();
  await rm(folder, { recursive: true, force: true });
});
