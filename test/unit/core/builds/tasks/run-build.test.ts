import { expect, test } from '@jest/globals';
import { aRelease, run } from '../build-bed.ts';
import { builderIs, log, namespace, runPod } from '../builder-pod.ts';
import { started } from './started-build.ts';

const digest = `sha256:${'d'.repeat(64)}`;

test('tells the log as it comes, keeps the digest for every service, makes one release', async () => {
  const { bed, tasks } = await started();
  const pod = await runPod(bed);
  const base = `#1 [1/2] FROM docker.io/library/node:24@${digest}`;
  log(bed, base);
  bed.onPause.push(
    () => log(bed, base, '#2 push'),
    () =>
      bed.cluster.setStatus(pod, {
        phase: 'Succeeded',
        ...builderIs({ terminated: { exitCode: 0, message: `${digest}\nbuildctl x v0.34.2 y\n` } }),
      })
  );

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'MakeRelease' });
  expect(await tasks.MakeRelease(run)).toMatchObject({ next: 'Complete' });
  expect(await tasks.MakeRelease(run)).toMatchObject({ next: 'Complete' });

  expect(bed.lines()).toEqual([
    'Building: my app (web, worker)',
    base,
    '#2 push',
    'warning: redis:7 of service cache is used as it is: its registry does not tell its digest',
  ]);
  expect(bed.objects.get('builds/BAAAAAAAAAA/log')).toBe(`${bed.lines().join('\n')}\n`);
  expect(bed.build()).toMatchObject({
    status: 'complete',
    release: 'R1',
    provenance: {
      builder: 'buildkit 0.34.2',
      bases: [{ image: 'docker.io/library/node:24', digest }],
      sbom: false,
    },
    images: [
      { service: 'web', image: `localhost:5000/atom/shop@${digest}` },
      { service: 'worker', image: `localhost:5000/atom/shop@${digest}` },
      { service: 'cache', image: 'redis:7' },
    ],
  });
  expect(bed.releases.slice(1)).toMatchObject([
    {
      build: 'BAAAAAAAAAA',
      env: 'TOKEN=hunter2\nNPM_TOKEN=s3cr3t-value',
      description: 'build 1',
      actor: 'ann',
    },
  ]);
  expect((await bed.cluster.list('Secret', namespace)).items).toEqual([]);
});

test('finds the release of an attempt that died before it was noted', async () => {
  const { bed, tasks } = await started();
  bed.releases.push(
    aRelease({ id: 'RMADE', build: 'BAAAAAAAAAA' }),
    aRelease({ id: 'RLATER', build: 'BAAAAAAAAAA', description: 'env add:X' })
  );

  await tasks.MakeRelease(run);

  expect(bed.build()?.release).toBe('RMADE');
  expect(bed.releases).toHaveLength(3);
});

test('a build that is cancelled just before its release makes none', async () => {
  const { bed, tasks } = await started();
  const reason = 'cancelled by bob';
  bed.deps.images.pin = async () => {
    const end = { status: 'failed', reason, cancelledBy: 'bob', ended: 'now' } as const;
    await bed.deps.builds.change('shop', run.build, end);
    return undefined;
  };

  expect(await tasks.MakeRelease(run)).toMatchObject({ next: 'RecordFailure' });
  expect(bed.releases).toHaveLength(1);
  expect(bed.build()?.reason).toBe(reason);
});
