import { expect, test } from '@jest/globals';
import type { PodStatus } from '#core/processes/pod.ts';
import { processStatus } from '#core/processes/process-status.ts';
import { aPod } from '../cluster-bed.ts';

const unready = (reason: string) => [{ type: 'Ready', status: 'False', reason }];
const crashed = [{ name: 'shop', state: { waiting: { reason: 'CrashLoopBackOff' } } }];

const cases: readonly [string, PodStatus][] = [
  ['pending', { phase: 'Pending' }],
  ['starting', { phase: 'Pending', conditions: unready('ContainersNotReady') }],
  ['starting', { phase: 'Running', conditions: unready('PodInitializing') }],
  ['unhealthy', { phase: 'Running', conditions: unready('ReadinessGatesNotReady') }],
  ['running', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }],
  ['crashed', { phase: 'Running', conditions: unready('x'), containerStatuses: crashed }],
  ['complete', { phase: 'Succeeded', conditions: unready('PodCompleted') }],
  ['failed', { phase: 'Failed', conditions: unready('PodFailed') }],
  ['unknown', {}],
];

test.each(cases)('is %s for %j', (expected, status) => {
  const pod = { ...aPod('web-1'), status };

  expect(processStatus(pod)).toBe(expected);
});

test('is stopping on its way out, however well it is', () => {
  const pod = aPod('web-1');
  const leaving = { ...pod.metadata, deletionTimestamp: '2026-03-18T14:30:00Z' };
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

  expect(processStatus({ ...pod, metadata: leaving, status })).toBe('stopping');
  expect(processStatus({ ...pod, metadata: leaving, status: { phase: 'Failed' } })).toBe('failed');
});
