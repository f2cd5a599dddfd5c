import { expect, test } from '@jest/globals';
import { getProcess } from '#core/processes/get-process.ts';
import { listProcesses } from '#core/processes/list-processes.ts';
import { stopProcess } from '#core/processes/stop-process.ts';
import { aPod, clusterBed } from '../cluster-bed.ts';

const bedWith = async (...pods: string[]) => {
  const bed = clusterBed();
  for (const pod of pods) await bed.cluster.put(aPod(pod));
  return bed;
};

test('shows a pod in the fields of Convox', async () => {
  const bed = await bedWith('web-1');

  const process = await getProcess(bed)({ app: 'shop', id: 'web-1' });

  expect(process).toMatchObject({
    id: 'web-1',
    app: 'shop',
    command: "node server.js 'a b'",
    cpu: 250,
    memory: 512,
    image: 'registry/shop@sha256:1',
    instance: 'node-1',
    name: 'web',
    service: 'web',
    ports: ['3000'],
    release: 'RAAAAAAAAAA',
    status: 'running',
  });
});

test('lists by service and name, narrowed to a service and a release', async () => {
  const bed = await bedWith('web-2', 'web-1', 'worker-1');
  const list = listProcesses(bed);

  const all = await list({ app: 'shop' });
  const web = await list({ app: 'shop', service: 'web' });
  const other = await list({ app: 'shop', release: 'RBBBBBBBBBB' });

  expect(all.map((it) => it.id)).toEqual(['web-1', 'web-2', 'worker-1']);
  expect(web.map((it) => it.id)).toEqual(['web-1', 'web-2']);
  expect(other).toEqual([]);
});

test('does not show pods that somebody else put into the namespace', async () => {
  const bed = await bedWith('web-1');
  await bed.cluster.put(aPod('debug-1', { metadata: { name: 'debug-1', namespace: 'atom-shop' } }));

  const all = await listProcesses(bed)({ app: 'shop' });

  expect(all.map((it) => it.id)).toEqual(['web-1']);
  await expect(stopProcess(bed)({ app: 'shop', id: 'debug-1' })).rejects.toThrow(
    'process not found: debug-1'
  );
});

test('stops a process', async () => {
  const bed = await bedWith('web-1');

  await stopProcess(bed)({ app: 'shop', id: 'web-1' });

  const pod = await bed.cluster.require(aPod('web-1'));
  expect(pod.metadata.deletionTimestamp).toEqual(expect.any(String));
});

test('names an unknown app and an unknown process', async () => {
  const bed = clusterBed();

  await expect(listProcesses(bed)({ app: 'other' })).rejects.toThrow('app not found: other');
  await expect(getProcess(bed)({ app: 'shop', id: 'web-9' })).rejects.toThrow(
    'process not found: web-9'
  );
});
