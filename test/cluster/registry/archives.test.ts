import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RegistryRepositories } from '#adapters/registry/registry-repositories.ts';
import { StaticRegistry } from '#adapters/registry/static-registry.ts';
import { planArchive, writeArchivePlan } from '#core/archives/archive-plan.ts';
import { inspectArchive } from '#core/archives/inspect-archive.ts';
import { importImages } from '#core/archives/tasks/import-images.ts';
import { writeExport } from '#core/archives/tasks/write-export.ts';
import { apiBed } from '#test/fakes/api-bed.ts';
import { InMemoryArchives } from '#test/fakes/in-memory-archives.ts';
import { aBuild } from '#test/samples.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { hasRegistryPrograms } from './programs.ts';
import { skopeoDigest, skopeoPush } from './skopeo.ts';
import { owner, startPasswordRegistry } from './start-password-registry.ts';
import type { CheckingRegistry } from './start-registry.ts';

const canRun = hasRegistryPrograms();
const proof = canRun ? test : test.skip;
let registry: CheckingRegistry;

beforeAll(async () => {
  if (!canRun) return;
  registry = await startPasswordRegistry();
});

afterAll(() => registry?.stop());

/** An app `shop` with an image that skopeo has pushed, in an index as builders make them. */
const pushed = async () => {
  const rack = new StaticRegistry(
    { readAccount: async () => owner },
    { prefix: `${registry.host}/acme`, isInsecure: true }
  );
  const repositories = new RegistryRepositories([registry.host]);
  const repository = rack.repositoryOf('shop');
  await skopeoPush(`${repository}:by-skopeo`, owner);
  const image = await skopeoDigest(`${repository}:by-skopeo`, owner);
  const store = repositories.open(repository, owner);
  const { mediaType = '', content = [] } = (await store.manifest(image)) ?? {};
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ mediaType, digest: image, size: content.length, platform }],
    })
  );
  const digest = digestOf(index);
  await store.putManifest(digest, {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    content: index,
  });
  return { rack, repositories, digest, image: `${repository}@${digest}` };
};

proof(
  'what a real registry gives out is taken in by one again, with all that it refers to',
  async () => {
    const { rack, repositories, digest, image } = await pushed();
    const bed = await (await apiBed().hasApp()).hasApp({ name: 'blog' });
    const archives = new InMemoryArchives();
    const deps = { ...bed, archives, repositories, registry: rack };
    const images = [{ service: 'web', image }];
    const { id } = await bed.builds.create(
      aBuild({ status: 'complete', images, manifest: 'services: {web: {build: .}}' })
    );
    const key = `imports/${'a'.repeat(64)}.tgz`;
    const imported = await bed.builds.create(
      aBuild({ app: 'blog', status: 'running', source: `object://blog/${key}` })
    );

    await writeExport(deps)({ v: 1, app: 'shop', build: id, run: 'r' });
    archives.kept.set(`blog/${key}`, archives.kept.get(`shop/exports/${id}.tgz`) ?? []);
    const plan = planArchive(await inspectArchive(archives.read('blog', key)));
    await writeArchivePlan(bed.documents, imported, plan);
    const run = { v: 1, app: 'blog', build: imported.id } as const;
    expect(await importImages(deps)(run)).toMatchObject({ next: 'MakeRelease' });

    const target = rack.repositoryOf('blog');
    expect(await rack.digest('blog', `web.${imported.id}`)).toBe(digest);
    expect(await bed.builds.find('blog', imported.id)).toMatchObject({
      images: [{ service: 'web', image: `${target}@${digest}` }],
    });
    expect(await skopeoDigest(`${target}:web.${imported.id}`, owner)).toBe(digest);
    await importImages(deps)(run);
  }
);

/** An image with a layer of 8 MB that no compression makes smaller. */
const pushLarge = async (repositories: RegistryRepositories, repository: string) => {
  const store = repositories.open(repository, owner);
  const push = async (mediaType: string, content: Buffer) => {
    const blob = { mediaType, digest: digestOf(content), size: content.length };
    if (!(await store.hasBlob(blob.digest))) await store.putBlob(blob, once(content));
    return blob;
  };
  const type = 'application/vnd.oci.image';
  const config = await push(`${type}.config.v1+json`, Buffer.from('{}'));
  const layers = [await push(`${type}.layer.v1.tar`, randomBytes(8 << 20))];
  const mediaType = `${type}.manifest.v1+json`;
  const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers }));
  await store.putManifest(digestOf(content), { mediaType, content });
  return { image: `${repository}@${digestOf(content)}`, layer: layers[0]?.digest ?? '' };
};

async function* once(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

const digestOf = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

proof('a layer that breaks off in mid-export goes on where it broke', async () => {
  const line = await startCuttingProxy(registry.host);
  try {
    const rack = new StaticRegistry(
      { readAccount: async () => owner },
      { prefix: `${line.host}/acme`, isInsecure: true }
    );
    const repositories = new RegistryRepositories([line.host]);
    const { image, layer } = await pushLarge(repositories, rack.repositoryOf('shop'));
    const bed = await apiBed().hasApp();
    const archives = new InMemoryArchives();
    const images = [{ service: 'web', image }];
    const { id } = await bed.builds.create(aBuild({ status: 'complete', images }));
    line.cutAnswersAfter(3 << 20, 2);

    await writeExport({ ...bed, archives, repositories, registry: rack })({
      v: 1,
      app: 'shop',
      build: id,
      run: 'r',
    });

    expect(line.cuts).toBe(2);
    const files = archives.kept.get(`shop/exports/${id}.tgz`) ?? [];
    const kept = files.find((it) => it.path === `blobs/${layer.replace(':', '/')}`);
    expect(kept && digestOf(kept.content)).toBe(layer);
  } finally {
    await line.close();
  }
});
