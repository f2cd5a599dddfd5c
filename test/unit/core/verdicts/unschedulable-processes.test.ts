import { expect, test } from '@jest/globals';
import { aDeployment, aPod, outcome, type Rollout, running, waiting } from './rollout.ts';

const deployment = aDeployment({});

const unscheduled = aPod(waiting('ContainerCreating'), {
  status: {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
    ],
    containerStatuses: [],
  },
});

test('a process without a node waits for one that an autoscaler has promised', () => {
  const scaleUps = { from: 10_000, pods: new Set(['web-1']) };
  const scenes: Rollout['scenes'] = [[0, [deployment, unscheduled]]];
  const comes: Rollout['scenes'] = [...scenes, [250_000, [deployment, aPod(running())]]];

  expect(outcome({ scenes: comes, scaleUps })).toEqual({ reason: 'active', at: 251_000 });
  expect(outcome({ scenes, scaleUps })).toEqual({ reason: 'ProgressDeadline', at: 310_000 });
});

test('a node that is full of processes that leave gets its time', () => {
  const leaving = aPod(running(), { name: 'old', template: 'old', deleted: true });
  const scenes: Rollout['scenes'] = [
    [0, [deployment, unscheduled, leaving]],
    [60_000, [deployment, unscheduled]],
    [62_000, [deployment, aPod(running())]],
  ];

  expect(outcome({ scenes })).toEqual({ reason: 'active', at: 63_000 });
});

test('a process without a node fails the release after a grace', () => {
  expect(outcome({ scenes: [[0, [deployment, unscheduled]]] })).toEqual({
    reason: 'Unschedulable',
    at: 30_000,
  });
  expect(
    outcome({
      scenes: [
        [0, [deployment, unscheduled]],
        [29_000, [deployment, aPod(running())]],
      ],
    }).reason
  ).toBe('active');
});
