import { expect, test } from '@jest/globals';
import { ensureBuildNamespace } from '#core/builds/build-objects.ts';
import { sourceSecret } from '#core/builds/source-login.ts';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import type { BuildDependencies } from '#core/builds/tasks/tasks.ts';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { buildBed, run, settings } from '../build-bed.ts';
import { namespace } from '../builder-pod.ts';
import { granting } from '../granting.ts';

const imported = 'ghcr.io/acme/shop:1.4';
const pinned = `ghcr.io/acme/shop@sha256:${'a'.repeat(64)}`;
const manifest = `services:
  web: { port: 80 }
  worker: { build: worker }
  cache: { image: 'redis:7' }
`;
const login = { server: 'ghcr.io', username: 'ada', password: 'hunter2-s3cr3t' };

interface Wish {
  readonly copyImages?: boolean;
  readonly server?: string;
}

/** An import with a login, up to where its pods would start. */
const started = async ({ copyImages = false, server = login.server }: Wish = {}) => {
  const bed = buildBed({ build: { imported, manifest, status: 'running', source: '' } });
  const asked: string[] = [];
  const deps: BuildDependencies = {
    ...bed.deps,
    settings: { ...settings, copyImages },
    images: {
      pin: async (image, given) => {
        asked.push(`${image} as ${given?.username}`);
        return image === imported ? pinned : undefined;
      },
    },
  };
  const key = { rack: 'atom', app: run.app, id: run.build };
  await ensureBuildNamespace(bed.cluster, 'atom');
  await bed.cluster.put(sourceSecret(key, { ...login, server }));
  const tasks = buildTasks(deps);
  const read = await tasks.ReadSource(run);
  const granted = await grantPush({ ...deps, ...granting() })(run);
  return { bed, tasks, asked, read, granted };
};

const secretNames = async ({ cluster }: ReturnType<typeof buildBed>) =>
  (await cluster.list('Secret', namespace)).items.map((it) => it.metadata.name);

test('the image goes to services that name none, resolved with the login it was given', async () => {
  const { bed, read, asked } = await started();

  expect(read).toMatchObject({ next: 'GrantPush' });
  expect(bed.lines()).toEqual([`Copying: ${pinned} (web, worker)`]);
  expect(asked).toEqual([`${imported} as ada`, `${imported} as ada`]);
});

test('images that services name are copied as well where the rack copies', async () => {
  const { bed } = await started({ copyImages: true });

  expect(bed.lines()).toEqual([`Copying: ${pinned} (web, worker)`, 'Copying: redis:7 (cache)']);
});

test('the login is for the pods of the build alone, and gone with them', async () => {
  const { bed, tasks } = await started();
  const push = await bed.cluster.require({
    kind: 'Secret',
    metadata: { name: 'push-baaaaaaaaaa', namespace },
  });
  const { '.dockerconfigjson': config = '' } = push['data'] as Record<string, string>;
  expect(JSON.parse(Buffer.from(config, 'base64').toString())).toMatchObject({
    auths: { 'ghcr.io': { username: 'ada', password: login.password } },
  });

  await tasks.StartJobs(run);

  expect(await secretNames(bed)).toEqual(['push-baaaaaaaaaa']);
  const { items } = await bed.cluster.list('Job', namespace);
  const kept = JSON.stringify([items, bed.build(), [...bed.documents.values()], bed.lines()]);
  expect(kept).not.toContain('hunter2');
  await tasks.RecordFailure(run);
  expect(await secretNames(bed)).toEqual([]);
});

test('a login for the registry that the build pushes to is refused in plain words', async () => {
  const { bed, granted } = await started({ server: 'localhost:5000' });

  expect(granted).toMatchObject({ next: 'RecordFailure' });
  expect(bed.build()?.reason).toMatch(/^localhost:5000 is the rack's own registry/);
});

test('it ends complete, with what was pushed and without a release', async () => {
  const { bed, tasks } = await started();
  await tasks.StartJobs(run);
  const digest = `sha256:${'d'.repeat(64)}`;
  const { items } = await bed.cluster.list('Job', namespace);
  const [job] = items as [KubernetesObject];
  const { template } = job['spec'] as { template: { metadata: object; spec: object } };
  const state = { terminated: { exitCode: 0, message: digest } };
  await bed.cluster.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: 'x', namespace },
    spec: template.spec,
    status: { containerStatuses: [{ name: 'build', restartCount: 0, state }] },
  });

  expect(await tasks.WatchJobs(run)).toMatchObject({ next: 'MakeRelease' });
  expect(await tasks.MakeRelease(run)).toMatchObject({ next: 'Complete' });

  expect(bed.releases).toEqual([]);
  expect(bed.build()).toMatchObject({
    status: 'complete',
    release: '',
    images: [
      { service: 'web', image: `localhost:5000/atom/shop@${digest}` },
      { service: 'worker', image: `localhost:5000/atom/shop@${digest}` },
      { service: 'cache', image: 'redis:7' },
    ],
  });
});
