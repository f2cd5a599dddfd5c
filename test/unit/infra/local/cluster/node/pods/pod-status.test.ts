import { expect, test } from '@jest/globals';
import { type PodFacts, podPhase, podStatus } from '#infra/local/cluster/node/pods/pod-status.ts';
import type { ContainerState, ContainerStatus } from '#infra/local/cluster/node/wire-objects.ts';

const exited = (exitCode: number): ContainerState => ({ terminated: { exitCode } });
const running: ContainerState = { running: { startedAt: '2026-03-18T14:30:49Z' } };
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };

const container = (
  state: ContainerState,
  fields: Partial<ContainerStatus> = {}
): ContainerStatus => ({
  name: 'web',
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...fields,
});

const facts = (restartPolicy: string, fields: Partial<PodFacts>): PodFacts => ({
  pod: { metadata: { generation: 2 }, spec: { restartPolicy, containers: [{ name: 'web' }] } },
  init: [],
  containers: [],
  sandboxReady: true,
  terminating: false,
  now: Date.parse('2026-03-18T14:30:49Z'),
  ...fields,
});

const backOff = container({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: exited(1) });

test.each<[string, string, Partial<PodFacts>]>([
  ['Pending', 'Always', { containers: [container(waiting)] }],
  ['Pending', 'Always', { containers: [container(running), container(waiting)] }],
  ['Running', 'Always', { containers: [container(running)] }],
  ['Running', 'Always', { containers: [container(exited(0))] }],
  ['Running', 'Always', { containers: [backOff] }],
  ['Running', 'OnFailure', { containers: [container(exited(1))] }],
  ['Succeeded', 'OnFailure', { containers: [container(exited(0))] }],
  ['Failed', 'Never', { containers: [container(exited(0)), container(exited(1))] }],
  ['Running', 'Never', { containers: [container(running), container(exited(1))] }],
  ['Pending', 'Always', { init: [container(running)], containers: [container(waiting)] }],
  ['Failed', 'Never', { init: [container(exited(1))], containers: [container(waiting)] }],
  [
    'Failed',
    'Always',
    { failure: { reason: 'DeadlineExceeded', message: '' }, containers: [container(running)] },
  ],
])('is %s with policy %s for %j', (phase, policy, fields) => {
  expect(podPhase(facts(policy, fields))).toBe(phase);
});

test('conditions say which containers are not ready', () => {
  const { conditions } = podStatus(facts('Always', { containers: [container(running)] }));

  expect(conditions).toEqual([
    { type: 'PodReadyToStartContainers', status: 'True', ...always },
    { type: 'Initialized', status: 'True', ...always },
    { type: 'Ready', status: 'False', ...notReady, ...always },
    { type: 'ContainersReady', status: 'False', ...notReady, ...always },
  ]);
});

const always = { observedGeneration: 2, lastTransitionTime: '2026-03-18T14:30:49Z' };
const notReady = {
  reason: 'ContainersNotReady',
  message: 'containers with unready status: [web]',
};

test('a condition keeps its time and those of others stay', () => {
  const given = facts('Always', { containers: [container(running, { ready: true })] });
  const scheduled = { type: 'PodScheduled', status: 'True' };
  const first = podStatus({ ...given, pod: { ...given.pod, status: { conditions: [scheduled] } } });
  const later = podStatus({
    ...given,
    pod: { ...given.pod, status: first },
    now: given.now + 60_000,
  });

  expect(later).toEqual(first);
  expect(later.conditions).toContainEqual(scheduled);
});

test('a pod that is being deleted is not ready', () => {
  const containers = [container(running, { ready: true })];
  const status = podStatus(facts('Always', { containers, terminating: true }));

  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'False' })
  );
});

test.each([
  ['BestEffort', {}],
  ['Burstable', { requests: { cpu: '100m' } }],
  ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
])('quality of service is %s for %j', (expected, resources) => {
  const given = facts('Always', { containers: [container(running)] });
  const pod = { ...given.pod, spec: { containers: [{ name: 'web', resources }] } };

  expect(podStatus({ ...given, pod }).qosClass).toBe(expected);
});
