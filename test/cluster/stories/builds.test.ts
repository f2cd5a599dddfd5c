import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { query, rackless } from '../../e2e/rack.ts';
import {
  type ConformanceBed,
  eventually,
  startConformanceBed,
} from '../conformance/conformance-bed.ts';
import { BuiltApp } from './built-app.ts';
import { BuiltShop } from './built-shop.ts';
import { beginBuild, type GoingBuild } from './going-build.ts';

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
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.begin('built');
  });
  afterAll(() => app.end());

  test('builds a Dockerfile with RUN steps, and the release answers', async () => {
    const { code, stdout, stderr } = await rackless(
      `deploy ${shop.path} -a ${app.name} --build-args GREETING=hello`,
      { seconds: 200 }
    );

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('RUN ["/bin/sh"');
    expect(await app.answers(bed)).toEqual(['hello']);
    expect(await app.statusOfGrants()).toEqual(['revoked']);
  });

  test('takes the steps of the build before from the cache, unless it is told not to', async () => {
    const line = `build ${shop.path} -a ${app.name} --build-args GREETING=hello`;
    const again = await rackless(line, { seconds: 200 });
    const anew = await rackless(`${line} --no-cache`, { seconds: 200 });

    expect([again.code, anew.code]).toEqual([0, 0]);
    expect(stepOf(again.stdout, 'RUN')).toMatch(/ CACHED$/);
    expect(stepOf(anew.stdout, 'RUN')).toMatch(/ DONE \d+\.\ds$/);
  });

  test('a secret reaches the step that mounts it, and nothing else', async () => {
    shop.useSecret('NPM_TOKEN');
    expect(await rackless(`env set NPM_TOKEN=hunter2-s3cr3t -a ${app.name}`)).toMatchObject({
      code: 0,
    });

    const { code, stdout } = await rackless(`build ${shop.path} -a ${app.name}`, { seconds: 200 });
    const { id } = await app.lastBuild();
    const log = (await rackless(`builds logs ${id} -a ${app.name}`)).stdout;

    expect([code, stdout]).toEqual([0, expect.stringContaining('length 14')]);
    const config = await imageConfig(/pushing manifest for (\S+)/.exec(stdout)?.[1] ?? '');
    expect(JSON.stringify(config)).toContain('length');
    expect(`${stdout}${log}${JSON.stringify(config)}`).not.toContain('hunter2');
  });

  test('a build that fails says why and makes no release', async () => {
    shop.break();
    const before = await query<object[]>(`releases -a ${app.name}`);

    const { code, stdout, stderr } = await rackless(`build ${shop.path} -a ${app.name}`, {
      seconds: 200,
    });

    expect([code, stdout]).toEqual([1, expect.stringContaining('no luck')]);
    expect(stderr).toMatch(/ERROR: build failed\n$/);
    expect(await app.lastBuild()).toMatchObject({ status: 'failed', release: '' });
    expect(await query<object[]>(`releases -a ${app.name}`)).toEqual(before);
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
  let app: BuiltApp;
  let source: BuiltShop;
  beforeAll(async () => {
    source = new BuiltShop();
    app = await BuiltApp.begin('ended');
  });
  afterAll(async () => {
    source.remove();
    await app.end();
  });

  const failed = async (reason: string): Promise<void> => {
    expect(await app.lastBuild()).toMatchObject({
      status: 'failed',
      release: '',
      reason: expect.stringContaining(reason),
    });
    await eventually(
      () => app.statusOfGrants(),
      (grants) => grants.every((it) => it === 'revoked')
    );
  };

  test.each(Object.keys(mishaps))('%s', async (reason) => {
    source.begin('sleep 100');
    const build = await beginBuild(bed, app.name, source.path);

    await mishaps[reason]?.(build);

    expect(await build.end).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
    await failed(reason);
  });

  test('the build ran out of memory', async () => {
    source.begin('tail /dev/zero');

    const { code, stderr } = await rackless(`build ${source.path} -a ${app.name}`, {
      seconds: 100,
    });

    expect([code, stderr]).toEqual([1, expect.stringContaining('ran out of memory')]);
    await failed('ran out of memory');
  });

  test('a build that is cancelled stops at once and leaves nothing behind', async () => {
    source.begin('sleep 100');
    const { id, job, pod, end: ended } = await beginBuild(bed, app.name, source.path);

    expect(await rackless(`builds cancel ${id} -a ${app.name}`)).toMatchObject({ code: 0 });
    expect(await rackless(`builds cancel ${id} -a ${app.name}`)).toMatchObject({ code: 0 });

    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('cancelled by') });
    await failed('cancelled by');
    for (const path of [job, pod]) {
      await eventually(
        () => bed.api.call('GET', path),
        ({ code }) => code === 404
      );
    }
    expect((await rackless(`builds logs ${id} -a ${app.name}`)).stdout).toContain('begun');
    expect(await query<object[]>(`releases -a ${app.name}`)).toEqual([]);
  });
});
