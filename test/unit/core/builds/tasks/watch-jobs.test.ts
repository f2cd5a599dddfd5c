import { expect, test } from '@jest/globals';
import { run } from '../build-bed.ts';
import { builderIs, log, namespace, runPod } from '../builder-pod.ts';
import { started } from './started-build.ts';

test('takes a secret that a step prints out of the log', async () => {
  const { bed, tasks } = await started({ step: 'RUN --mount=type=secret,id=NPM_TOKEN npm ci' });
  await runPod(bed);
  log(bed, '#5 0.1 using s3cr3t-value', '#5 0.2 for hunter2');

  await tasks.WatchJobs(run);

  expect(bed.lines().slice(-2)).toEqual(['#5 0.1 using ****', '#5 0.2 for hunter2']);
});

test('names the last line that the builder called an error, and stops everything', async () => {
  const { bed, tasks } = await started();
  const pod = await runPod(bed);
  log(bed, '#1 load', 'error: failed to solve: no such file', 'bye');
  await bed.cluster.setStatus(pod, {
    phase: 'Failed',
    ...builderIs({ terminated: { exitCode: 1 } }),
  });

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'RecordFailure' });
  expect(await tasks.RecordFailure(run)).toMatchObject({ next: 'Failed' });

  const reason =
    'the build of web, worker failed with exit code 1: error: failed to solve: no such file';
  expect(bed.build()).toMatchObject({ status: 'failed', reason, release: '' });
  expect(bed.lines().at(-1)).toBe(`ERROR: ${reason}`);
  expect((await bed.cluster.list('Job', namespace)).items).toEqual([]);
  expect((await bed.cluster.list('Secret', namespace)).items).toEqual([]);
});

test('comes back to the machine before its function dies', async () => {
  const { bed, tasks } = await started();
  await runPod(bed);

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'WatchJobs' });
});

test('ends with a build that somebody has cancelled meanwhile, and says so in its log', async () => {
  const { bed, tasks } = await started();
  await runPod(bed);
  log(bed, '#1 load');
  const reason = 'cancelled by bob';
  const end = { status: 'failed', reason, cancelledBy: 'bob', ended: 'now' } as const;
  bed.onPause.push(() => bed.deps.builds.change('shop', run.build, end));

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'RecordFailure' });
  expect(await tasks.RecordFailure(run)).toMatchObject({ next: 'Failed' });
  await tasks.RecordFailure(run);

  expect((await bed.cluster.list('Job', namespace)).items).toEqual([]);
  expect(bed.lines().slice(-2)).toEqual(['#1 load', `ERROR: ${reason}`]);
  expect(bed.objects.get('builds/BAAAAAAAAAA/log')).toBe(`${bed.lines().join('\n')}\n`);
  expect(bed.build()).toMatchObject({ status: 'failed', reason, release: '' });
});

test('gives up a build that has said nothing for too long', async () => {
  const { bed, tasks } = await started();
  await bed.cluster.setStatus(await runPod(bed), { startTime: '2026-01-01T00:00:00Z' });
  log(bed, '#1 load');

  const minutes = bed.deps.settings.silence / 60;
  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'WatchJobs' });
  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'RecordFailure' });
  expect(bed.build()?.reason).toBe(
    `the build of web was stopped: it has said nothing for ${minutes} minutes`
  );
});

test('asks the cluster little while a build says much', async () => {
  const { bed, tasks } = await started();
  const pod = await runPod(bed);
  const lines: string[] = [];
  const say = (text: string) => () => {
    lines.push(text);
    log(bed, ...lines);
  };
  bed.onPause.push(...[1, 2, 3, 4, 5].map((it) => say(`#${it}`)));
  bed.onPause.push(() =>
    bed.cluster.setStatus(pod, {
      phase: 'Succeeded',
      ...builderIs({ terminated: { exitCode: 0, message: `sha256:${'d'.repeat(64)}` } }),
    })
  );
  let lists = 0;
  const { list } = bed.cluster;
  bed.cluster.list = (...args) => {
    lists += 1;
    return list.apply(bed.cluster, args);
  };

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'MakeRelease' });
  expect(bed.lines()).toContain('#5');
  expect(lists).toBeLessThanOrEqual(4);
});

test('fails when the job has disappeared, and when the credential has', async () => {
  const { bed, tasks } = await started();
  for (const kind of ['Job', 'Secret']) {
    const { items } = await bed.cluster.list(kind, namespace);
    await Promise.all(items.map((it) => bed.cluster.remove(it)));
  }

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'RecordFailure' });
  expect(bed.build()?.reason).toBe('the build job has disappeared');
  await tasks.StartJobs(run);
  expect(bed.build()?.reason).toBe('the push credential of the build has disappeared');
});

test('throws while the cluster is out of reach, and ends in plain words if it stays so', async () => {
  const { bed, tasks } = await started();
  bed.cluster.unreachable = true;

  await expect(tasks.WatchJobs(run)).rejects.toMatchObject({ name: 'ClusterUnreachableError' });
  await tasks.RecordFailure({ ...run, error: { Error: 'ClusterUnreachableError' } });

  expect(bed.build()).toMatchObject({
    status: 'failed',
    reason: 'the cluster could not be reached for too long',
  });
});
