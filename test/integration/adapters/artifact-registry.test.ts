import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dockerObstacle } from '#test/cluster/docker/start-docker.ts';
import { type GoogleBed, googleBed } from '#test/fakes/google/google-bed.ts';
import { openDockerClient } from '../docker-client.ts';
import { openSkopeo, type Skopeo } from '../skopeo.ts';

const minute = 60_000;
/** A login that is worth nothing any more. */
const refused = /unauthorized|authentication required|unable to retrieve auth token/i;
let bed: GoogleBed;
let skopeo: Skopeo;

beforeAll(async () => {
  bed = await googleBed();
  skopeo = await openSkopeo();
});

afterAll(async () => {
  await bed.close();
  await skopeo.close();
});

const mint = (app: string, minutes: number, withCache = false) =>
  bed.registry.mint({ app, session: 'B1.G1', expires: bed.in(minutes * minute), withCache });

test('skopeo pushes and pulls with a grant, and is refused where the grant ends', async () => {
  const blog = await mint('blog', 60);
  const shop = await mint('shop', 15);
  const inCluster = await mint('shop', 60, true);
  const image = `${shop.repository}:web.B1`;
  const cached = `${bed.registry.cacheRepositoryOf('shop')}:web`;

  const digest = await skopeo.push(shop, image);
  expect(await bed.registry.digest('shop', 'web.B1')).toBe(digest);
  expect(await skopeo.pull(shop, image)).toBe(digest);
  expect(await skopeo.pushOther(shop, image)).toContain('tags of the repository are immutable');
  expect(await skopeo.push(shop, `${blog.repository}:web.B1`)).toContain('403 (Forbidden)');
  expect(await skopeo.pull(shop, `${blog.repository}:web.B1`)).toContain('403 (Forbidden)');
  expect(await skopeo.push(shop, cached)).toContain('403 (Forbidden)');
  expect(await skopeo.push(inCluster, cached)).toBe(digest);
  expect(await skopeo.pushOther(inCluster, cached)).toMatch(/^sha256:/);

  await bed.registry.revoke('shop', ['B1.G1'], []);
  expect(await skopeo.push(inCluster, `${shop.repository}:web.B2`)).toMatch(refused);
  expect(await skopeo.push(blog, `${blog.repository}:web.B1`)).toBe(digest);
  bed.pass(60 * minute);
  expect(await skopeo.push(blog, `${blog.repository}:web.B2`)).toMatch(refused);
});

/** Where this machine can run an engine. */
const withDocker = dockerObstacle() ? test.skip : test;

withDocker(
  'and so does Docker',
  async () => {
    const docker = await openDockerClient();
    try {
      const blog = await mint('blog', 60);
      const shop = await mint('shop', 15);
      const [image, foreign] = [`${shop.repository}:web.B7`, `${blog.repository}:web.B7`];
      await docker.build(image, foreign);

      const pushed = /sha256:[0-9a-f]{64}/.exec(await docker.push(shop, image))?.[0];
      expect(pushed).toBe(await bed.registry.digest('shop', 'web.B7'));
      expect(await docker.push(shop, foreign)).toMatch(/denied: Permission "artifactregistry/);
      await bed.registry.revoke('shop', ['B1.G1'], []);
      expect(await docker.push(shop, image)).toMatch(/unauthorized|Unauthenticated request/);
      expect(await docker.push(blog, foreign)).toContain(String(pushed));
    } finally {
      await docker.close();
    }
  },
  120_000
);
