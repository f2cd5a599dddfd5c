import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { ImageStore, StoredImage } from '#core/registries/ports.ts';
import { freshName } from '#test/samples.ts';

/** An image as a manifest that is pushed to an app's repository; an index if it has parts. */
export interface PushedManifest {
  readonly app: string;
  readonly tags: readonly string[];
  readonly text: string;
  readonly digest: string;
  readonly type: string;
  /** Digests that it names. */
  readonly parts: readonly string[];
}

export interface ImageStoreBed {
  readonly images: ImageStore;
  /** Pushes under each of its tags, or under its digest alone; makes the repository if needed. */
  readonly push: (manifest: PushedManifest) => Promise<void>;
  /** What the registry does; what it leaves out is not expected of it. */
  readonly can: { readonly listUntagged: boolean; readonly keepRetagged: boolean };
}

const imageType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

const openBed =
  <Bed extends Omit<ImageStoreBed, 'can'>>(create: () => Bed) =>
  async () => {
    const made = create();
    const app = freshName();
    const push = async (
      label: string,
      tags: readonly string[],
      parts: readonly string[] = []
    ): Promise<PushedManifest> => {
      const manifest = aManifest(`${app} ${label}`, { app, tags, parts });
      await made.push(manifest);
      return manifest;
    };
    const digests = async () => sorted((await made.images.list(app)).map((it) => it.digest));
    const found = async (digest: string): Promise<StoredImage> => {
      const image = (await made.images.list(app)).find((it) => it.digest === digest);
      if (!image) throw new Error(`not listed: ${digest}`);
      return image;
    };
    return { ...made, app, push, digests, found };
  };

/** What every implementation of `ImageStore` does, also one that can't let single images go. */
export const imageStoreListsLike = (
  name: string,
  create: () => Omit<ImageStoreBed, 'can'>
): void => {
  const bed = openBed(create);

  test(`${name}: lists images with their tags, and nothing where nothing was pushed`, async () => {
    const { images, push, found, digests } = await bed();
    expect(await digests()).toEqual([]);
    const one = await push('one', ['web.BAAAAABAAAA', 'latest']);
    const two = await push('two', ['web.BAAAAACAAAA']);

    expect(sorted((await found(one.digest)).tags)).toEqual(['latest', 'web.BAAAAABAAAA']);
    expect(await found(two.digest)).toMatchObject({ tags: ['web.BAAAAACAAAA'], isIndex: false });
    expect(await images.list(freshName())).toEqual([]);
  });

  test(`${name}: removes all of an app that is gone, also when there is nothing`, async () => {
    const { images, app, push, digests } = await bed();
    await push('one', ['web.BAAAAABAAAA', 'latest']);

    expect(await images.removeApp(app)).toBe('removed');
    expect(await images.removeApp(app)).toBe('removed');

    expect(await digests()).toEqual([]);
  });
};

/** What every implementation of `ImageStore` does. */
export const imageStoreBehavesLike = (name: string, create: () => ImageStoreBed): void => {
  imageStoreListsLike(name, create);
  const bed = openBed(create);

  test(`${name}: removes what it is told to, again without an error, and nothing else`, async () => {
    const { images, app, push, found, digests } = await bed();
    const one = await push('one', ['web.BAAAAABAAAA', 'worker.BAAAAABAAAA']);
    const two = await push('two', ['web.BAAAAACAAAA']);
    const listed = await found(one.digest);

    expect(await images.remove(app, [listed])).toBe('removed');
    expect(await images.remove(app, [listed])).toBe('removed');

    expect(await digests()).toEqual([two.digest]);
  });

  test(`${name}: tells what an index names, and removes it with its parts`, async () => {
    const { images, app, push, found, digests, can } = await bed();
    const part = await push('part', []);
    const index = await push('index', ['web.BAAAAABAAAA'], [part.digest]);
    const kept = await push('kept', ['web.BAAAAACAAAA']);

    expect(await found(index.digest)).toMatchObject({ isIndex: true });
    const links = await images.links(app, [index.digest, kept.digest, `sha256:${'0'.repeat(64)}`]);
    expect(links.get(index.digest)?.parts).toEqual([part.digest]);
    expect(links.get(kept.digest)?.parts).toEqual([]);
    const gone = [part.digest, index.digest];
    const listed = await images.list(app);
    expect(listed.some((it) => it.digest === part.digest)).toBe(can.listUntagged);
    await images.remove(
      app,
      listed.filter((it) => gone.includes(it.digest))
    );

    expect(await digests()).toEqual([kept.digest]);
  });

  test(`${name}: an image that was tagged again since it was listed stays, where that can be told`, async () => {
    const { images, app, push, found, digests, can } = await bed();
    const one = await push('one', ['web.BAAAAABAAAA']);
    const listed = await found(one.digest);
    await push('one', ['web.BAAAAADAAAA']);

    await images.remove(app, [listed]);

    expect(await digests()).toEqual(can.keepRetagged ? [one.digest] : []);
  });
};

const aManifest = (
  label: string,
  given: Pick<PushedManifest, 'app' | 'tags' | 'parts'>
): PushedManifest => {
  const isIndex = given.parts.length > 0;
  const type = isIndex ? indexType : imageType;
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    annotations: { label },
    ...(isIndex
      ? { manifests: given.parts.map((digest) => ({ mediaType: imageType, digest, size: 2 })) }
      : { config: emptyBlob, layers: [] }),
  });
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { ...given, text, digest, type };
};

/** `{}` */
const emptyBlob = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
};

const sorted = (texts: readonly string[]): string[] =>
  texts.toSorted((one, other) => (one < other ? -1 : 1));
