import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Build } from '#contracts/builds.ts';
import { ensureRepository } from '#infra/local/aws/ecr-repository.ts';
import { stage } from '#infra/local/aws/stack.ts';
import { hasOwnRack, setParameter } from './set-parameter.ts';
import { pushShop, pushShopAs, rackRegistry } from './shop.ts';
import { ShopStory } from './shop-story.ts';

jest.setTimeout(300_000);

/** They need a builder in the cluster that reaches the registry, and a rack that may be changed. */
const chapters = hasOwnRack() ? describe : describe.skip;

const index = 'application/vnd.oci.image.index.v1+json';

/** An index with one platform, which is not that of this machine. */
const pushForeignShop = async (): Promise<string> => {
  const [host, repository] = [rackRegistry(), 'stories/foreign'];
  await ensureRepository(Number(host.split(':')[1]), repository);
  const architecture = process.arch === 'arm64' ? 'amd64' : 'arm64';
  pushShopAs(`${host}/${repository}:one`, undefined, { architecture });
  const manifests = `http://${host}/v2/${repository}/manifests`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const one = await fetch(`${manifests}/one`, { headers: { accept } });
  const content = Buffer.from(await one.arrayBuffer());
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const manifest = { mediaType: accept, digest, size: content.length };
  const platform = { os: 'linux', architecture };
  const { status } = await fetch(`${manifests}/1`, {
    method: 'PUT',
    headers: { 'content-type': index },
    body: JSON.stringify({
      schemaVersion: 2,
      mediaType: index,
      manifests: [{ ...manifest, platform }],
    }),
  });
  expect(status).toBe(201);
  return `${host}/${repository}:1`;
};

chapters('on a rack that copies', () => {
  let story: ShopStory;
  beforeAll(async () => {
    setParameter('copyImages=true');
    story = await ShopStory.begin('copied');
  });
  afterAll(async () => {
    setParameter('copyImages=false');
    await story.end();
  });

  const lastBuild = async (): Promise<Build> => {
    const [build] = await story.ask<Build[]>('builds');
    if (!build) throw new Error('there is no build');
    return build;
  };

  test('an image of a service runs from the repository of the app, and answers', async () => {
    const { code, stdout, stderr } = await story.deploy();

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Copying: \S+\/stories\/shop@sha256:[0-9a-f]{64} \(web\)$/m);
    const [process] = await story.ask<{ image: string }[]>('ps');
    expect(process?.image).toMatch(
      new RegExp(`^${rackRegistry()}/${stage}/${story.app}@sha256:[0-9a-f]{64}$`)
    );
    expect(Object.keys(await (await story.client()).answers())).toEqual([
      await story.activeRelease(),
    ]);
    const { provenance } = await lastBuild();
    expect(provenance?.bases).toEqual([
      { image: expect.stringContaining('stories/shop'), digest: expect.stringContaining('sha256') },
    ]);
  });

  test.each([
    ['stories/none:1', 'its registry has no such image'],
    [`stories/shop@sha256:${'0'.repeat(64)}`, 'its registry has no such image'],
  ])('%s fails the build in plain words', async (name, reason) => {
    const image = `${rackRegistry()}/${name}`;
    story.source.write({ image });

    const { code, stderr } = await story.deploy();

    expect(code).toBe(1);
    expect(stderr).toContain(`copying ${image} for web failed with exit code 1: ${reason}: `);
    expect(await lastBuild()).toMatchObject({ status: 'failed', release: '' });
  });

  test('an image of no platform that builds run on fails in plain words', async () => {
    const image = await pushForeignShop();
    story.source.write({ image });

    const { code, stderr } = await story.deploy();

    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('the image is not made for the machines that builds run on: '),
    ]);
  });

  test('a registry that is away is told apart', async () => {
    story.source.write({ image: `${rackRegistry().replace(/:\d+$/, ':1')}/stories/shop:1` });

    const { code, stderr } = await story.deploy();

    expect([code, stderr]).toEqual([1, expect.stringContaining('its registry does not answer: ')]);
  });

  /** The manifest, without the image that its service names. */
  const manifestWithoutImage = (): string => {
    const path = join(story.source.path, 'imported.yml');
    const text = readFileSync(join(story.source.path, 'convox.yml'), 'utf8');
    writeFileSync(path, text.replace(/^ +image: .*\n/m, ''));
    return path;
  };

  test('an image is imported, and its release answers', async () => {
    const image = await pushShop('stories/shop:1');
    const manifest = manifestWithoutImage();

    const { code, stdout, stderr } = await story.tell(
      `builds import-image ${image} -m ${manifest}`
    );

    expect([code, stderr]).toEqual([0, '']);
    const [, release = ''] = /^Release: (R[A-Z]{10})$/m.exec(stdout) ?? [];
    const { id, release: named } = await lastBuild();
    expect(named).toBe(release);
    const promoted = await story.tell(`deploy --build ${id}`);
    expect([promoted.code, promoted.stdout]).toEqual([
      0,
      expect.stringContaining(`Using release ${release}`),
    ]);
    const [process_] = await story.ask<{ image: string }[]>('ps');
    expect(process_?.image).toContain(`/${story.app}@sha256:`);
    expect(Object.keys(await (await story.client()).answers())).toContain(release);
  });

  test('a login reaches the cluster, and does not take the place of the one for pushing', async () => {
    process.env['SOURCE_PASSWORD'] = 'hunter2-s3cr3t';
    const image = `${rackRegistry()}/stories/shop:1`;
    const login = '--src-creds-user ada --src-creds-pass-env SOURCE_PASSWORD';

    const { code, stdout, stderr } = await story.tell(
      `builds import-image ${image} -m ${manifestWithoutImage()} ${login}`
    );

    expect([code, stderr]).toEqual([1, expect.stringContaining("is the rack's own registry")]);
    const { id, status } = await lastBuild();
    expect(status).toBe('failed');
    expect(`${stdout}${stderr}${(await story.tell(`builds logs ${id}`)).stdout}`).not.toContain(
      'hunter2'
    );
  });
});
