import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type GoogleBed, googleBed } from '#test/fakes/google/google-bed.ts';
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
