import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Build } from '#contracts/builds.ts';
import type { Grant } from '#contracts/grants.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { query, type Result, rackless } from '../../e2e/rack.ts';
import {
  type ConformanceBed,
  eventually,
  startConformanceBed,
} from '../conformance/conformance-bed.ts';
import { type Docker, dockerObstacle, startDocker } from '../docker/start-docker.ts';
import { BuiltShop } from './built-shop.ts';
import { ClientPod, clusterAddress } from './client-pod.ts';
import { beginBuild, type GoingBuild } from './going-build.ts';
import { appName } from './shop.ts';

jest.setTimeout(240_000);

let bed: ConformanceBed;
let shop: BuiltShop;

beforeAll(async () => {
  shop = new BuiltShop();
  bed = await startConformanceBed();
});

afterAll(async () => {
  shop.remove();
  await bed.close();
});

const begin = async (name: string): Promise<string> => {
  const app = appName(name);
  expect(await rackless(`apps create ${app}`)).toMatchObject({ code: 0 });
  return app;
};

const end = async (app: string): Promise<void> => {
  await rackless(`apps delete ${app}`, { seconds: 60 });
};

const answersOf = async (app: string): Promise<readonly string[]> => {
  const address = await clusterAddress(bed, `${stage}-${app}`, 'web');
  const client = await ClientPod.start(bed, address);
  return Object.keys(await client.answers());
};

const lastBuild = async (app: string): Promise<Build> => {
  const [build] = await query<Build[]>(`builds -a ${app}`);
  if (!build) throw new Error(`app ${app} has no build`);
  return build;
};

const statusOfGrants = async (app: string): Promise<readonly string[]> =>
  (await query<Grant[]>(`grants -a ${app}`)).map((it) => it.status);

/** How a step of BuildKit's plain log went. */
const stepOf = (log: string, instruction: string): string | undefined => {
  const [, number = ''] = new RegExp(`^(#\\d+) \\[[^\\]]*\\] ${instruction} `, 'm').exec(log) ?? [];
  return log
    .split('\n')
    .filter((line) => line.startsWith(`${number} `))
    .at(-1);
};

/** What an image says of itself: its history, its environment. `image` is `HOST/PATH:TAG@DIGEST`. */
const imageConfig = async (image: string): Promise<unknown> => {
  const [, host, path, digest] = /^([^/]+)\/(.+):[^:]+@(.+)$/.exec(image) ?? [];
  const repository = `http://${host}/v2/${path}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await fetch(`${repository}/manifests/${digest}`, { headers: { accept } });
  const { config } = (await manifest.json()) as { readonly config: { readonly digest: string } };
  return (await fetch(`${repository}/blobs/${config.digest}`)).json();
};

/** A cluster of somebody's own reaches neither the emulator's registry nor its sources. */
const describeOnBed = process.env['CLUSTER_ADDRESS'] ? describe : describe.skip;

describeOnBed('with BuildKit in the cluster', () => {
  let app = '';
  beforeAll(async () => {
    app = await begin('built');
  });
  afterAll(() => end(app));

  test('builds a Dockerfile with RUN steps, and the release answers', async () => {
    const { code, stdout, stderr } = await rackless(
      `deploy ${shop.path} -a ${app} --build-args GREETING=hello`,
      { seconds: 200 }
    );

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('RUN ["/bin/sh"');
    expect(await answersOf(app)).toEqual(['hello']);
    expect(await statusOfGrants(app)).toEqual(['revoked']);
  });

  test('takes the steps of the build before from the cache, unless it is told not to', async () => {
    const line = `build ${shop.path} -a ${app} --build-args GREETING=hello`;
    const again = await rackless(line, { seconds: 200 });
    const anew = await rackless(`${line} --no-cache`, { seconds: 200 });

    expect([again.code, anew.code]).toEqual([0, 0]);
    expect(stepOf(again.stdout, 'RUN')).toMatch(/ CACHED$/);
    expect(stepOf(anew.stdout, 'RUN')).toMatch(/ DONE \d+\.\ds$/);
  });

  test('a secret reaches the step that mounts it, and nothing else', async () => {
    shop.useSecret('NPM_TOKEN');
    expect(await rackless(`env set NPM_TOKEN=hunter2-s3cr3t -a ${app}`)).toMatchObject({ code: 0 });

    const { code, stdout } = await rackless(`build ${shop.path} -a ${app}`, { seconds: 200 });
    const { id } = await lastBuild(app);
    const log = (await rackless(`builds logs ${id} -a ${app}`)).stdout;

    expect([code, stdout]).toEqual([0, expect.stringContaining('length 14')]);
    const config = await imageConfig(/pushing manifest for (\S+)/.exec(stdout)?.[1] ?? '');
    expect(JSON.stringify(config)).toContain('length');
    expect(`${stdout}${log}${JSON.stringify(config)}`).not.toContain('hunter2');
  });

  test('a build that fails says why and makes no release', async () => {
    shop.break();
    const before = await query<object[]>(`releases -a ${app}`);

    const { code, stdout, stderr } = await rackless(`build ${shop.path} -a ${app}`, {
      seconds: 200,
    });

    expect([code, stdout]).toEqual([1, expect.stringContaining('no luck')]);
    expect(stderr).toMatch(/ERROR: build failed\n$/);
    expect(await lastBuild(app)).toMatchObject({ status: 'failed', release: '' });
    expect(await query<object[]>(`releases -a ${app}`)).toEqual(before);
  });
});

const patch = 'application/merge-patch+json';

/** What can end a build from outside, while a step of it sleeps. */
const mishaps: Readonly<Record<string, (build: GoingBuild) => Promise<unknown>>> = {
  'the pod of the build was deleted': ({ pod }) => bed.api.call('DELETE', pod),
  'took longer than it may': ({ job }) =>
    bed.api.call('PATCH', job, { type: patch, body: { spec: { activeDeadlineSeconds: 1 } } }),
};

describeOnBed('builds that do not come to their own end', () => {
  let app = '';
  let source: BuiltShop;
  beforeAll(async () => {
    source = new BuiltShop();
    app = await begin('ended');
  });
  afterAll(async () => {
    source.remove();
    await end(app);
  });

  const failed = async (reason: string): Promise<void> => {
    expect(await lastBuild(app)).toMatchObject({
      status: 'failed',
      release: '',
      reason: expect.stringContaining(reason),
    });
    await eventually(
      () => statusOfGrants(app),
      (grants) => grants.every((it) => it === 'revoked')
    );
  };

  test.each(Object.keys(mishaps))('%s', async (reason) => {
    source.begin('sleep 100');
    const build = await beginBuild(bed, app, source.path);

    await mishaps[reason]?.(build);

    expect(await build.end).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
    await failed(reason);
  });

  test('the build ran out of memory', async () => {
    source.begin('tail /dev/zero');

    const { code, stderr } = await rackless(`build ${source.path} -a ${app}`, { seconds: 100 });

    expect([code, stderr]).toEqual([1, expect.stringContaining('ran out of memory')]);
    await failed('ran out of memory');
  });

  test('a build that is cancelled stops at once and leaves nothing behind', async () => {
    source.begin('sleep 100');
    const { id, job, pod, end: ended } = await beginBuild(bed, app, source.path);

    expect(await rackless(`builds cancel ${id} -a ${app}`)).toMatchObject({ code: 0 });
    expect(await rackless(`builds cancel ${id} -a ${app}`)).toMatchObject({ code: 0 });

    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('cancelled by') });
    await failed('cancelled by');
    for (const path of [job, pod]) {
      await eventually(
        () => bed.api.call('GET', path),
        ({ code }) => code === 404
      );
    }
    expect((await rackless(`builds logs ${id} -a ${app}`)).stdout).toContain('begun');
    expect(await query<object[]>(`releases -a ${app}`)).toEqual([]);
  });
});

const describeWithDocker = dockerObstacle() ? describe.skip : describeOnBed;

describeWithDocker('with Docker on this machine', () => {
  let app = '';
  let docker: Docker;
  let source: BuiltShop;
  beforeAll(async () => {
    docker = await startDocker();
    process.env['DOCKER_HOST'] = docker.host;
    source = new BuiltShop();
    app = await begin('external');
  });
  afterAll(async () => {
    await end(app);
    source.remove();
    delete process.env['DOCKER_HOST'];
    await docker.stop();
  });

  const external = (line: string): Promise<Result> =>
    rackless(`${line} --external ${source.path} -a ${app}`, { seconds: 200 });

  test('builds here, pushes straight to the registry, and the release answers', async () => {
    const { code, stdout, stderr } = await external('deploy --build-args GREETING=outside');

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('docker push');
    expect(await answersOf(app)).toEqual(['outside']);
    expect(await lastBuild(app)).toMatchObject({ status: 'complete' });
    expect(await statusOfGrants(app)).toEqual(['revoked']);
  });

  test('a Dockerfile that fails is recorded with its log', async () => {
    source.break();

    const { code, stderr } = await external('build');
    const { id, status, reason } = await lastBuild(app);

    expect([code, stderr]).toEqual([1, expect.stringMatching(/ERROR: build failed\n$/)]);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('exit code')]);
    expect((await rackless(`builds logs ${id} -a ${app}`)).stdout).toContain('no luck');
  });
});
