import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { judgeJob } from '#core/builds/judge-job.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';

interface Step {
  readonly job: KubernetesObject;
  readonly pod?: KubernetesObject;
}

/** What Kubernetes 1.34 said of builds that were ended from outside, change by change. */
const recordings = JSON.parse(readFileSync('test/fixtures/build-endings.json', 'utf8')) as Record<
  string,
  readonly Step[]
>;

/** The first verdict that is not `running`. */
const verdictOf = (name: string) =>
  (recordings[name] ?? [])
    .map(({ job, pod }) =>
      judgeJob({ job, pod, now: Date.parse('2026-11-23T09:37:00Z'), what: 'the build of web' })
    )
    .find(({ state }) => state !== 'running');

test.each([
  ['oom', 'the build ran out of memory: raise the memory of builds in the rack'],
  ['deleted', 'the pod of the build was deleted: build again'],
  ['forced', 'the pod of the build was deleted: build again'],
  ['deadline', 'the build took longer than it may: raise the deadline of builds in the rack'],
  ['killed', 'the builder was killed by signal 9: build again'],
  [
    'evicted',
    'the build was stopped by the cluster: EvictionByEvictionAPI: Eviction API: evicting',
  ],
])('says of a build that was %s: %s', (name, reason) => {
  expect(verdictOf(name)).toEqual({ state: 'failed', reason, isOfSource: false });
});
