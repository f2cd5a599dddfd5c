import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { aBuild, aRelease, type BuildBed, buildBed, run } from '../build-bed.ts';
import { granting } from '../granting.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const namespace = 'atom-builds';
const files = {
  'convox.yml':
    "services:\n  web:\n    build: {path: 'my app', args: [V=1]}\n    port: 3000\n  worker:\n    build: {path: 'my app', args: [V=1]}\n  cache:\n    image: redis:7\n",
  'my app/Dockerfile': 'FROM node:24\nARG TOKEN',
};

/** A build whose jobs have just been started. */
const started = async ({
  build = {},
  step = '',
  earlier = [aBuild({ id: 'BEARLIER', status: 'complete' })],
}: {
  build?: Partial<Build>;
  step?: string;
  earlier?: Build[];
} = {}) => {
  const dockerfile = `${files['my app/Dockerfile']}\n${step}`;
  const bed = buildBed({ build, files: { ...files, 'my app/Dockerfile': dockerfile }, earlier });
  bed.releases.push(aRelease({ env: 'TOKEN=hunter2\nNPM_TOKEN=s3cr3t-value' }));
  const tasks = buildTasks(bed.deps);
  await tasks.ReadSource(run);
  await grantPush({ ...bed.deps, ...granting() })(run);
  expect(await tasks.StartJobs(run)).toMatchObject({ next: 'WatchJobs' });
  return { bed, tasks };
};

const aPod = (job: KubernetesObject): KubernetesObject => {
  const { template } = job['spec'] as { template: { metadata: object; spec: object } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${job.metadata.name}-x`, namespace },
    spec: template.spec,
  };
};

const container = (state: object) => ({
  containerStatuses: [
    { name: 'build', image: '', imageID: '', ready: false, restartCount: 0, state },
  ],
});

const runPod = async ({ cluster }: BuildBed): Promise<KubernetesObject> => {
  const job = await cluster.require({
    kind: 'Job',
    metadata: { name: 'baaaaaaaaaa-1', namespace },
  });
  const pod = aPod(job);
  await cluster.put({ ...pod, status: { phase: 'Running', ...container({ running: {} }) } });
  return pod;
};

const log = (bed: BuildBed, ...texts: string[]) =>
  bed.cluster.setLog(
    { namespace, pod: 'baaaaaaaaaa-1-x', container: 'build' },
    texts.map((text, index) => ({ at: `2026-01-01T00:00:0${index}Z`, text }))
  );

test('gives the pods a credential that no record and no payload carries', async () => {
  const { bed } = await started();

  const secret = await bed.cluster.require({
    kind: 'Secret',
    metadata: { name: 'push-baaaaaaaaaa', namespace },
  });
  const { '.dockerconfigjson': config = '' } = secret['data'] as Record<string, string>;
  expect(JSON.parse(Buffer.from(config, 'base64').toString())).toEqual({
    auths: { 'localhost:5000': { username: 'AWS', password: 'p4ss', auth: 'QVdTOnA0c3M=' } },
  });
  expect(JSON.stringify([bed.build(), [...bed.documents.values()]])).not.toContain('p4ss');
});

test('renews the credential when the grant is repeated', async () => {
  const { bed } = await started();
  await grantPush({ ...bed.deps, ...granting({ password: 'newer' }) })(run);

  const secret = await bed.cluster.require({
    kind: 'Secret',
    metadata: { name: 'push-baaaaaaaaaa', namespace },
  });
  const { '.dockerconfigjson': config = '' } = secret['data'] as Record<string, string>;
  expect(Buffer.from(config, 'base64').toString()).toContain('newer');
});

test('starts one job for each distinct image, without values in its command', async () => {
  const { bed } = await started();

  const { items } = await bed.cluster.list('Job', namespace);
  expect(items.map((it) => it.metadata.name)).toEqual(['baaaaaaaaaa-1']);
  const text = JSON.stringify(items);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('signed');
  const { containers } = aPod(items[0] as KubernetesObject)['spec'] as {
    containers: { command: string[]; args: [string] }[];
  };
  const [{ command, args } = { command: [], args: [''] }] = containers;
  expect(command).toEqual(['sh', '-c']);
  expect(args[0].split(' && ')[2]?.split(' --')).toEqual([
    'buildctl-daemonless.sh build',
    'progress=plain',
    'frontend dockerfile.v0',
    "local 'context=/workspace/context/my app'",
    'local "dockerfile=/workspace/context"',
    "opt 'filename=my app/Dockerfile'",
    'opt "build-arg:TOKEN=$ARG_0"',
    'opt "build-arg:V=$ARG_1"',
    'import-cache type=registry,ref=localhost:5000/atom/shop/cache:web,registry.insecure=true',
    'export-cache type=registry,ref=localhost:5000/atom/shop/cache:web,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true,registry.insecure=true',
    'output type=image,name=localhost:5000/atom/shop:web.BAAAAAAAAAA,push=true,registry.insecure=true',
    'metadata-file "/workspace/result/metadata.json"',
  ]);
});

test('gives a secret to the builder by name, and its value to nothing but the pod', async () => {
  const { bed } = await started({ step: 'RUN --mount=type=secret,id=NPM_TOKEN npm ci' });

  const { items } = await bed.cluster.list('Job', namespace);
  const text = JSON.stringify([items, bed.build(), [...bed.documents.values()], bed.lines()]);
  expect(text).toContain('--secret id=NPM_TOKEN,env=SECRET_0 ');
  expect(text).not.toContain('build-arg:NPM_TOKEN');
  expect(text).not.toContain('s3cr3t');
  const secret = await bed.cluster.require({
    kind: 'Secret',
    metadata: { name: 'baaaaaaaaaa-1', namespace },
  });
  expect(secret['stringData'] ?? secret['data']).toMatchObject({
    SECRET_0: expect.stringMatching(/^(s3cr3t-value|czNjcjN0LXZhbHVl)$/),
  });
});

test('takes a secret that a step prints out of the log', async () => {
  const { bed, tasks } = await started({ step: 'RUN --mount=type=secret,id=NPM_TOKEN npm ci' });
  await runPod(bed);
  log(bed, '#5 0.1 using s3cr3t-value', '#5 0.2 for hunter2');

  await tasks.WatchJobs(run);

  expect(bed.lines().slice(-2)).toEqual(['#5 0.1 using ****', '#5 0.2 for hunter2']);
});

const scriptOf = async ({ cluster }: BuildBed): Promise<string> => {
  const { items } = await cluster.list('Job', namespace);
  return specOf(items[0]).containers[0]?.args[0] ?? '';
};

const specOf = (job: KubernetesObject | undefined) =>
  aPod(job as KubernetesObject)['spec'] as {
    containers: { args: [string]; env: { name: string; value?: string }[] }[];
    initContainers?: object[];
  };

test('a build without the cache reads nothing of it and writes it anew', async () => {
  const { bed } = await started({ build: { noCache: true } });

  const script = await scriptOf(bed);
  expect(script).toContain(' --no-cache --export-cache type=registry,ref=');
  expect(script).not.toContain('--import-cache');
});

test.each([[{ external: true, status: 'complete' }], [{ status: 'failed' }]] as const)(
  'asks for no cache after nothing but %j',
  async (given) => {
    const { bed } = await started({ earlier: [aBuild({ id: 'BEARLIER', ...given })] });

    const script = await scriptOf(bed);
    expect(script).toContain('--export-cache');
    expect(script).not.toContain('--import-cache');
  }
);

test('keeps pods of builds away from the API and from privileges they do not need', async () => {
  const { bed } = await started();

  const { items } = await bed.cluster.list('Job', namespace);
  expect(items[0]?.['spec']).toMatchObject({
    backoffLimit: 0,
    activeDeadlineSeconds: 3000,
    template: {
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        nodeSelector: { pool: 'builds' },
        tolerations: [{ key: 'builds', operator: 'Exists' }],
        containers: [{ securityContext: { runAsUser: 1000 } }],
      },
    },
  });
});

test('starts nothing twice and gives secrets to the jobs they are for', async () => {
  const { bed, tasks } = await started();
  const before = await bed.cluster.list('Job', namespace);

  expect(await tasks.StartJobs(run)).toMatchObject({ next: 'WatchJobs' });

  const after = await bed.cluster.list('Job', namespace);
  expect(after.items.map((it) => it.metadata.uid)).toEqual(
    before.items.map((it) => it.metadata.uid)
  );
  const secrets = await bed.cluster.list('Secret', namespace, 'build=baaaaaaaaaa');
  expect(secrets.items).toHaveLength(2);
  for (const { metadata } of secrets.items) {
    expect(metadata).toMatchObject({ ownerReferences: [{ uid: after.items[0]?.metadata.uid }] });
  }
});

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
        ...container({ terminated: { exitCode: 0, message: `${digest}\nbuildctl x v0.34.2 y\n` } }),
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

test('names the last line that the builder called an error, and stops everything', async () => {
  const { bed, tasks } = await started();
  const pod = await runPod(bed);
  log(bed, '#1 load', 'error: failed to solve: no such file', 'bye');
  await bed.cluster.setStatus(pod, {
    phase: 'Failed',
    ...container({ terminated: { exitCode: 1 } }),
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
  const say = (text: string) => () => log(bed, ...lines.splice(lines.length, 0, text), ...lines);
  bed.onPause.push(...[1, 2, 3, 4, 5].map((it) => say(`#${it}`)));
  bed.onPause.push(() =>
    bed.cluster.setStatus(pod, {
      phase: 'Succeeded',
      ...container({ terminated: { exitCode: 0, message: digest } }),
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

test('does not build in a namespace that is not the rack’s', async () => {
  const bed = buildBed({ files });
  await bed.cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });

  await grantPush({ ...bed.deps, ...granting() })(run);

  expect(bed.build()?.reason).toBe('namespace atom-builds does not belong to rack atom');
});
