import { expect, test } from '@jest/globals';
import { judgeJob } from '#core/builds/judge-job.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';

const created = '2026-01-01T00:00:00Z';
const digest = `sha256:${'d'.repeat(64)}`;

const job = (conditions: object[] = []): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'b-1' },
  status: { conditions },
});

const pod = (status: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'b-1-x', creationTimestamp: created },
  status,
});

const exited = (exitCode: number, more: object = {}) => ({
  name: 'build',
  state: { terminated: { exitCode, ...more } },
});
const waiting = (reason: string, message = 'why') => ({
  name: 'build',
  state: { waiting: { reason, message } },
});
const unschedulable = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'full' }],
};

const judge = (look: { job?: KubernetesObject; pod?: KubernetesObject; after?: number }) =>
  judgeJob({
    job: 'job' in look ? look.job : job(),
    pod: look.pod,
    now: Date.parse(created) + (look.after ?? 0) * 1000,
    what: 'the build of web, worker',
  } as Parameters<typeof judgeJob>[0]);

const failure = (part: string, isOfSource = false) => ({
  state: 'failed',
  reason: expect.stringContaining(part),
  isOfSource,
});

test('waits while there is nothing to say', () => {
  expect(judge({})).toEqual({ state: 'running' });
  expect(judge({ pod: pod({ phase: 'Running' }) })).toEqual({ state: 'running' });
  expect(judge({ pod: pod({ containerStatuses: [waiting('PodInitializing')] }) })).toEqual({
    state: 'running',
  });
});

test('takes the digest from the last words of the builder', () => {
  const builder = 'buildctl github.com/moby/buildkit v0.34.2 0123';
  const containerStatuses = [exited(0, { message: `${digest}\n${builder}\n` })];

  expect(judge({ pod: pod({ phase: 'Running', containerStatuses }) })).toEqual({
    state: 'built',
    digest,
    builder,
  });
});

test('does not take a build without a digest for a good one', () => {
  const verdict = judge({ pod: pod({ phase: 'Succeeded', containerStatuses: [exited(0)] }) });

  expect(verdict).toEqual(failure('did not report its digest'));
});

test('leaves it to the log to explain what the builder refused', () => {
  const verdict = judge({ pod: pod({ phase: 'Failed', containerStatuses: [exited(1)] }) });

  expect(verdict).toEqual(failure('the build of web, worker failed with exit code 1', true));
});

test('names memory, eviction and a source that could not be fetched', () => {
  const oom = exited(137, { reason: 'OOMKilled' });
  const context = {
    name: 'context',
    state: { terminated: { exitCode: 1, message: 'wget: HTTP 403\n' } },
  };

  expect(judge({ pod: pod({ containerStatuses: [oom] }) })).toEqual(failure('out of memory'));
  expect(
    judge({ pod: pod({ phase: 'Failed', reason: 'Evicted', containerStatuses: [exited(137)] }) })
  ).toEqual(failure('stopped by the cluster: Evicted'));
  expect(judge({ pod: pod({ phase: 'Failed', reason: 'Evicted' }) })).toEqual(failure('Evicted'));
  expect(judge({ pod: pod({ initContainerStatuses: [context] }) })).toEqual(
    failure('the source could not be fetched: wget: HTTP 403')
  );
});

test('a builder that a signal has ended did not fail by itself', () => {
  expect(judge({ pod: pod({ containerStatuses: [exited(137, { reason: 'Error' })] }) })).toEqual(
    failure('the builder was killed by signal 9')
  );
});

test('what was killed with its pod waits for the word of the Job, until the node is lost', () => {
  const leaving = pod({ phase: 'Running', containerStatuses: [exited(137)] });
  const metadata = { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:30Z' };
  const left = { ...leaving, metadata };

  expect(judge({ pod: left, after: 31 })).toEqual({ state: 'running' });
  expect(judge({ pod: left, after: 91 })).toEqual(failure('its node does not answer'));
});

test('gives the cluster’s own words for what it has ended', () => {
  const preempted = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
  };
  const full = 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ';

  expect(judge({ pod: pod({ phase: 'Running', conditions: [preempted] }) })).toEqual(
    failure('by the cluster: PreemptionByScheduler: default-scheduler: preempting')
  );
  expect(judge({ pod: pod({ phase: 'Failed', reason: 'Evicted', message: full }) })).toEqual(
    failure(`by the cluster: Evicted: ${full.trim()}`)
  );
});

test('names the deadline as soon as the Job does, whatever became of the pod', () => {
  const target = { type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded' };

  expect(judge({ job: job([target]), pod: pod({ phase: 'Running' }) })).toEqual(
    failure('longer than it may')
  );
});

test.each([
  ['ImagePullBackOff', 'why'],
  ['InvalidImageName', 'why'],
  ['CreateContainerConfigError', 'secret "x" not found'],
  ['ErrImagePull', 'manifest unknown: not found'],
])('gives up on %s', (reason, message) => {
  const verdict = judge({ pod: pod({ containerStatuses: [waiting(reason, message)] }) });

  expect(verdict).toEqual(failure(`the builder can't start: ${message}`));
});

test('gives a first pull that failed for other reasons a second one', () => {
  const verdict = judge({ pod: pod({ containerStatuses: [waiting('ErrImagePull', 'timeout')] }) });

  expect(verdict).toEqual({ state: 'running' });
});

test('waits for a node for five minutes', () => {
  expect(judge({ pod: pod(unschedulable), after: 299 })).toEqual({ state: 'running' });
  expect(judge({ pod: pod(unschedulable), after: 300 })).toEqual(
    failure('no node can run the build: full')
  );
});

test('says what became of a job without a pod to ask', () => {
  const failed = (reason: string) => job([{ type: 'Failed', status: 'True', reason }]);

  expect(judge({ job: failed('DeadlineExceeded') })).toEqual(failure('longer than it may'));
  expect(judge({ job: failed('BackoffLimitExceeded') })).toEqual(
    failure('the pod of the build was deleted')
  );
  expect(judgeJob({ job: undefined, pod: undefined, now: 0, what: '' })).toEqual(
    failure('the build job has disappeared')
  );
});
