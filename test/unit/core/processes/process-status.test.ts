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
