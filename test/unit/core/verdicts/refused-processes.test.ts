import { expect, test } from '@jest/globals';
import { aDeployment, aPod, outcome, type Rollout, running } from './rollout.ts';

const deployment = aDeployment({});

const refusing = (message: string, replicas = 1) => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
  return aDeployment({ replicas, updated: 0, conditions });
};

test.each([
  ['exceeded quota: pods, requested: pods=1', 'QuotaExceeded', 5_000],
  ['violates PodSecurity "baseline:latest"', 'AdmissionRefused', 500],
  ['failed calling webhook "x": dial tcp: connection refused', 'AdmissionRefused', 60_000],
  ['error looking up service account a/default: not found', 'AdmissionRefused', 60_000],
])('new processes that are refused for "%s" are %s after %i ms', (message, reason, at) => {
  const scenes: Rollout['scenes'] = [[0, [refusing(message)]]];

  expect(outcome({ scenes })).toEqual({ reason, at });
});

test("a quota is nobody's fault while old processes still leave", () => {
  const leaving = aPod(running(), { name: 'old', template: 'old', deleted: true });
  const scenes: Rollout['scenes'] = [
    [0, [refusing('exceeded quota: pods'), leaving]],
    [40_000, [deployment, aPod(running())]],
  ];

  expect(outcome({ scenes })).toEqual({ reason: 'active', at: 41_000 });
});

test('what an autoscaler adds beyond the quota does not condemn processes that are well', () => {
  const well = [1, 2].map((it) => aPod(running(), { name: `web-${it}` }));
  const scenes = (pods: typeof well): Rollout['scenes'] => [
    [0, [aDeployment({ replicas: 2 })]],
    [500, [refusing('exceeded quota: pods', 4), ...pods]],
    [60_000, [aDeployment({ replicas: 2 }), ...pods]],
  ];

  expect(outcome({ scenes: scenes(well) })).toEqual({ reason: 'active', at: 60_000 });
  expect(outcome({ scenes: scenes(well.slice(1)) })).toEqual({
    reason: 'QuotaExceeded',
    at: 5_500,
  });
});

test('what the controller said before it saw the change does not count', () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
  const old = aDeployment({ observed: 1, conditions });

  expect(outcome({ scenes: [[0, [old]]], until: 30_000 }).reason).toBe('progressing');
});
