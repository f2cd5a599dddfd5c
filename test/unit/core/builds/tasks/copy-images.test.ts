import { expect, test } from '@jest/globals';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { type BuildBed, buildBed, run, settings } from '../build-bed.ts';
import { builderIs, namespace, podOf } from '../builder-pod.ts';
import { granting } from '../granting.ts';

const pinned = `redis@sha256:${'a'.repeat(64)}`;
const manifest = `services:
  cache: { image: 'redis:7' }
  queue: { image: redis }
  mail: { image: 'mail:1' }
`;

/** A build on a rack that copies; `redis` and `redis:7` are the same image, `mail:1` is private. */
const started = async (text = manifest) => {
  const bed = buildBed({ files: { 'convox.yml': text } });
  const deps = {
    ...bed.deps,
    settings: { ...settings, copyImages: true },
    images: {
      pin: async (image: string) => (image.startsWith('redis') ? pinned : undefined),
    },
  };
  const tasks = buildTasks(deps);
  const read = await tasks.ReadSource(run);
  if (read.next === 'GrantPush') {
    await grantPush({ ...deps, ...granting() })(run);
    await tasks.StartJobs(run);
  }
  return { bed, tasks, read };
};

interface PodSpec {
  readonly initContainers?: readonly object[];
  readonly containers: readonly [
    { readonly args: readonly [string]; readonly env: readonly object[] },
  ];
}

const jobsOf = async ({ cluster }: BuildBed) => {
  const { items } = await cluster.list('Job', namespace);
  return items.map((job) => ({
    job,
    spec: (job['spec'] as { template: { spec: PodSpec } }).template.spec,
  }));
};

const endPod = async (
  { cluster }: BuildBed,
  job: KubernetesObject,
  end: { readonly exitCode: number; readonly message?: string }
): Promise<void> => {
  const phase = end.exitCode === 0 ? 'Succeeded' : 'Failed';
  await cluster.put(podOf(job, { phase, ...builderIs({ terminated: end }) }));
};

test('each distinct image of services becomes a job, by the digest it has now', async () => {
  const { bed, read } = await started();

  expect(read).toMatchObject({ next: 'GrantPush' });
  expect(bed.lines()).toEqual([`Copying: ${pinned} (cache, queue)`, 'Copying: mail:1 (mail)']);
  const jobs = await jobsOf(bed);
  expect(jobs.map(({ job }) => job.metadata.labels?.['service'])).toEqual(['cache', 'mail']);
});

test('a copy is a build of nothing but the image, without a source', async () => {
  const { bed } = await started();

  const [copy] = await jobsOf(bed);
  expect(copy?.spec.initContainers).toBeUndefined();
  expect(copy?.spec.containers[0].args[0].split(' && ').slice(1, 5)).toEqual([
    `printf '[registry."%s"]\\n  http = true\\n' localhost:5000 > "/workspace/result/buildkitd.toml"`,
    'mkdir -p "/workspace/context"',
    `printf 'FROM %s\\n' ${pinned} > "/workspace/context/Dockerfile"`,
    'buildctl-daemonless.sh build --progress=plain --frontend dockerfile.v0 ' +
      '--local "context=/workspace/context" --local "dockerfile=/workspace/context" ' +
      '--output type=image,name=localhost:5000/atom/shop:cache.BAAAAAAAAAA,push=true,registry.insecure=true ' +
      '--metadata-file "/workspace/result/metadata.json"',
  ]);
  expect(copy?.spec.containers[0].env).toContainEqual({
    name: 'BUILDKITD_FLAGS',
    value: '--oci-worker-no-process-sandbox --config=/workspace/result/buildkitd.toml',
  });
  const secrets = await bed.cluster.list('Secret', namespace);
  expect(secrets.items.map((it) => it.metadata.name)).toEqual(['push-baaaaaaaaaa']);
  expect([...bed.objects.keys()]).toEqual([]);
});

test('the release runs what was pushed, for every service of an image', async () => {
  const { bed, tasks } = await started();
  const digests = ['1', '2'].map((it) => `sha256:${it.repeat(64)}`);
  for (const [index, { job }] of (await jobsOf(bed)).entries()) {
    await endPod(bed, job, { exitCode: 0, message: `${digests[index]}\n` });
  }

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'MakeRelease' });
  expect(await tasks.MakeRelease(run)).toMatchObject({ next: 'Complete' });

  expect(bed.build()?.images).toEqual([
    { service: 'cache', image: `localhost:5000/atom/shop@${digests[0]}` },
    { service: 'queue', image: `localhost:5000/atom/shop@${digests[0]}` },
    { service: 'mail', image: `localhost:5000/atom/shop@${digests[1]}` },
  ]);
  expect(bed.releases).toHaveLength(1);
});

test('an image that its registry does not give fails the build and is named, whatever others say', async () => {
  const { bed, tasks } = await started();
  const [cache, mail] = (await jobsOf(bed)).map(({ job }) => job);
  const denied =
    'error: failed to solve: mail:1: failed to resolve source metadata for docker.io/library/mail:1: ' +
    'pull access denied, repository does not exist or may require authorization';
  for (const [job, text] of [
    [mail, denied],
    [cache, '#9 sha256:abc error but retried'],
  ] as const) {
    if (!job) continue;
    await endPod(bed, job, { exitCode: job === mail ? 1 : 0, message: `sha256:${'1'.repeat(64)}` });
    const pod = `${job.metadata.name}-x`;
    bed.cluster.setLog({ namespace, pod, container: 'build' }, [
      { at: job === mail ? '2026-01-01T00:00:01Z' : '2026-01-01T00:00:02Z', text },
    ]);
  }

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'RecordFailure' });
  await tasks.RecordFailure(run);

  expect(bed.build()?.reason).toBe(
    'copying mail:1 for mail failed with exit code 1: its registry does not give it to the rack, or ' +
      `has no such image (a login is added with registries add): [mail] ${denied}`
  );
  expect((await bed.cluster.list('Job', namespace)).items).toEqual([]);
});

test.each([
  'Redis:7',
  'redis:7@sha256:123',
  'https://redis',
  '--platform=linux/arm64',
  '$IMAGE',
  'scratch',
  'a//b',
])('%s is not the name of an image, which is said before anything runs', async (image) => {
  const { bed, read } = await started(`services:\n  cache:\n    image: '${image}'\n`);

  expect(read).toMatchObject({ next: 'RecordFailure' });
  expect(bed.build()?.reason).toBe(`service cache: not the name of an image: ${image}`);
});

test('a rack that does not copy leaves images where they are', async () => {
  const bed = buildBed({ files: { 'convox.yml': manifest } });

  expect(await buildTasks(bed.deps).ReadSource(run)).toMatchObject({ next: 'MakeRelease' });
});
