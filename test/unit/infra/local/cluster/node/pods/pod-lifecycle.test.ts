import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Container, ContainerStatus, Pod } from '#infra/local/cluster/node/wire-objects.ts';
import { fastClock } from '../fast-clock.ts';
import {
  isReady,
  type NodeBed,
  namespace,
  nodeImage,
  serverScript,
  startNodeBed,
} from '../node-bed.ts';

let bed: NodeBed;
let image: string;

beforeEach(async () => {
  bed = await startNodeBed({ clock: fastClock(100) });
  image = bed.push({ config: {}, layers: [[{ path: 'app/version', content: 'v1' }]] });
});

afterEach(async () => {
  await bed.close();
});

const shell = (script: string, fields: Partial<Container> = {}): Container => ({
  name: 'main',
  image,
  command: ['sh', '-c', script],
  ...fields,
});

const mainOf = (pod: Pod | undefined): ContainerStatus | undefined =>
  pod?.status?.containerStatuses?.[0];

const waitingReason = (pod: Pod | undefined): string | undefined =>
  mainOf(pod)?.state?.waiting?.reason;

const create = (container: Container, restartPolicy = 'Always'): void => {
  bed.createPod('web', { restartPolicy, containers: [container] });
};

const labelOf = (pod: Pod): string => `web_${namespace}(${pod.metadata?.uid})`;

test('a container that keeps exiting backs off, in the words of the kubelet', async () => {
  create(shell('echo "run"; exit 3'));

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
  create(shell('exit 1'));
  await bed.until('web', (pod) => mainOf(pod)?.restartCount === 2);

  const created = bed.store
    .list('events', { namespace })
    .filter((event) => event['reason'] === 'Created');

  expect(created).toMatchObject([{ count: 3, source: { component: 'kubelet' } }]);
});

test('an image that is not there is pulled again with back-off', async () => {
  const missing = `${bed.registry.host}/shop/none:v1`;
  create({ name: 'main', image: missing });
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
  create({ name: 'main', image: name, ...fields });

  await bed.until('web', (pod) => waitingReason(pod) === reason);
  expect(bed.events('web').at(-1)).toBe(`Warning Failed: Error: ${reason}`);
});

test('an image that is there already is not pulled again', async () => {
  create(shell('sleep 60', { imagePullPolicy: 'IfNotPresent' }));
  await bed.until('web', isReady);
  bed.createPod('second', {
    containers: [shell('sleep 60', { imagePullPolicy: 'IfNotPresent' })],
  });
  await bed.until('second', isReady);

  expect(bed.events('second')[0]).toBe(
    `Normal Pulled: Container image "${image}" already present on machine`
  );
});

test('a missing Secret keeps the container back until it appears', async () => {
  create(shell('echo $PASSWORD; sleep 60', { envFrom: [{ secretRef: { name: 'env' } }] }));
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

test('a command that is not there is a StartError', async () => {
  create({ name: 'main', image, command: ['no-such-command'] });
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

test('an init container that never ends is refused, not waited for', async () => {
  bed.createPod('web', {
    initContainers: [shell('sleep 60', { name: 'proxy', restartPolicy: 'Always' })],
    containers: [shell('sleep 60')],
  });
  await bed.until(
    'web',
    (pod) =>
      pod?.status?.initContainerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerError'
  );

  expect(bed.events('web').at(-1)).toContain('use --kubeconfig');
});

test('what exits while its pod is being deleted is not started again', async () => {
  create(shell('trap "exit 1" TERM; while :; do sleep 0.05; done'));
  await bed.until('web', isReady);
  const restarts: (number | undefined)[] = [];
  bed.store.subscribe('pods', ({ object }) =>
    restarts.push(mainOf(object as unknown as Pod)?.restartCount)
  );

  bed.deletePod('web');
  await bed.until('web', (pod) => pod === undefined);

  expect(new Set(restarts)).toEqual(new Set([0]));
});

test('nothing to run is a CreateContainerError', async () => {
  create({ name: 'main', image });
  await bed.until('web', (pod) => waitingReason(pod) === 'CreateContainerError');

  expect(mainOf(bed.pod('web'))?.state?.waiting?.message).toContain('no command specified');
});

test.each([
  { policy: 'Never', script: 'exit 0', phase: 'Succeeded', reason: 'Completed', exitCode: 0 },
  { policy: 'Never', script: 'exit 4', phase: 'Failed', reason: 'Error', exitCode: 4 },
  // Two dollar signs are one after Kubernetes has expanded variables.
  { policy: 'Never', script: 'kill -9 $$$$', phase: 'Failed', reason: 'Error', exitCode: 137 },
  { policy: 'OnFailure', script: 'exit 0', phase: 'Succeeded', reason: 'Completed', exitCode: 0 },
])('policy $policy, "$script": the pod ends as $phase', async (given) => {
  create(shell(given.script), given.policy);
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

test('init containers run first, one after the other, and share volumes', async () => {
  bed.createPod('web', {
    volumes: [{ name: 'work', emptyDir: {} }],
    initContainers: [
      shell('echo one > /scratch/file', {
        name: 'first',
        volumeMounts: [{ name: 'work', mountPath: '/scratch' }],
      }),
      shell('echo two >> /scratch/file', {
        name: 'second',
        volumeMounts: [{ name: 'work', mountPath: '/scratch' }],
      }),
    ],
    containers: [
      shell('cat /data/file; sleep 60', { volumeMounts: [{ name: 'work', mountPath: '/data' }] }),
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
    initContainers: [shell('exit 1', { name: 'first' })],
    containers: [shell('sleep 60')],
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
        image,
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
    containers: [shell('sleep 60')],
  });
  await bed.until('web', (pod) => pod?.status?.conditions !== undefined);

  expect(bed.events('web')).toContain(
    'Warning FailedMount: MountVolume.SetUp failed for volume "certs" : secret "certs" not found'
  );
  bed.store.create('secrets', { metadata: { namespace, name: 'certs' }, data: {} } as never);
  await bed.until('web', isReady);
});

test('the last words of a container are its termination message', async () => {
  create(shell('echo "out of luck" > /dev/termination-log; exit 1'), 'Never');
  await bed.until('web', (pod) => pod?.status?.phase === 'Failed');
  bed.createPod('second', {
    restartPolicy: 'Never',
    containers: [
      shell('echo from the log; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
    ],
  });
  await bed.until('second', (pod) => pod?.status?.phase === 'Failed');

  expect(mainOf(bed.pod('web'))?.state?.terminated?.message).toBe('out of luck\n');
  expect(mainOf(bed.pod('second'))?.state?.terminated?.message).toBe('from the log\n');
});

test('a liveness probe that keeps failing restarts the container', async () => {
  create(
    shell('exec sleep 60', {
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
  create(
    shell('exec sleep 60', {
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
      shell('sleep 0.5; rm /scratch/ready; exec sleep 60', {
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

test('a process that ignores PORT is told so, in an event and in its log', async () => {
  const other = bed.push({
    ...nodeImage("require('http').createServer().listen(0, '127.0.0.1')"),
    repository: 'shop/stubborn',
  });
  create({ name: 'main', image: other, ports: [{ containerPort: 3000 }] });
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

test('a pod past its deadline fails', async () => {
  bed.createPod('web', { activeDeadlineSeconds: 30, containers: [shell('exec sleep 60')] });
  await bed.until('web', (pod) => mainOf(pod)?.state?.terminated !== undefined);

  expect(bed.pod('web').status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

test('deletion waits for the preStop hook and the grace period, then kills', async () => {
  bed.createPod('web', {
    volumes: [{ name: 'work', emptyDir: {} }],
    containers: [
      shell('trap "" TERM; echo up; while :; do sleep 0.05; done', {
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
  create(shell('exec sleep 60'));
  bed.store.modify('pods', { namespace, name: 'web' }, (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, finalizers: ['example.dev/keep'] },
  }));
  await bed.until('web', isReady);

  bed.deletePod('web');
  await bed.until('web', (pod) => pod?.metadata?.deletionGracePeriodSeconds === 0);

  expect(mainOf(bed.pod('web'))?.state?.terminated?.exitCode).toBe(143);
});

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
