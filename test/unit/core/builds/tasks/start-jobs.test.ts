import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { aBuild, type BuildBed, run } from '../build-bed.ts';
import { namespace, podOf } from '../builder-pod.ts';
import { started } from './started-build.ts';

test('starts one job for each distinct image, without values in its command', async () => {
  const { bed } = await started();

  const { items } = await bed.cluster.list('Job', namespace);
  expect(items.map((it) => it.metadata.name)).toEqual(['baaaaaaaaaa-1']);
  const text = JSON.stringify(items);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('signed');
  const { containers } = podOf(items[0] as KubernetesObject)['spec'] as {
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

const scriptOf = async ({ cluster }: BuildBed): Promise<string> => {
  const { items } = await cluster.list('Job', namespace);
  return specOf(items[0]).containers[0]?.args[0] ?? '';
};

const specOf = (job: KubernetesObject | undefined) =>
  podOf(job as KubernetesObject)['spec'] as {
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
