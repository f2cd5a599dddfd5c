import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract } from 'tar';
import { BuildError } from '../build-error.ts';
import { DigestStream } from '../layers/digest.ts';
import { type Layer, layerType } from '../layers/layer.ts';
import { withManifest } from '../layers/pack-image.ts';
import type { PackedImage } from '../registry/push-image.ts';

interface ArchiveEntry {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** Reads what `docker save` writes. Layers that are not compressed get compressed, always in the same way. */
export const readImageArchive = async (file: string, workspace: string): Promise<PackedImage> => {
  const folder = join(workspace, 'image');
  await mkdir(folder, { recursive: true });
  await extract({ file, cwd: folder });
  const entries = JSON.parse(
    await readFile(join(folder, 'manifest.json'), 'utf8')
  ) as readonly ArchiveEntry[];
  const [image] = entries;
  if (image === undefined) {
    throw new BuildError('the saved image is empty');
  }
  const layers: Layer[] = [];
  for (const [index, path] of image.Layers.entries()) {
    const packed = join(workspace, `saved-${index}.tgz`);
    layers.push(await readLayer(join(folder, path), packed));
  }
  return withManifest(await readFile(join(folder, image.Config)), layers);
};

const readLayer = async (file: string, packed: string): Promise<Layer> =>
  (await isGzip(file)) ? await compressedLayer(file) : await plainLayer(file, packed);

const isGzip = async (file: string): Promise<boolean> => {
  const opened = await open(file);
  try {
    const { buffer } = await opened.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('hex') === '1f8b';
  } finally {
    await opened.close();
  }
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

const compressedLayer = async (file: string): Promise<Layer> => {
  const packed = new DigestStream();
  const plain = new DigestStream();
  await pipeline(createReadStream(file), packed, createGunzip(), plain, nowhere());
  const descriptor = { mediaType: layerType, digest: packed.digest(), size: packed.size };
  return { descriptor, diffId: plain.digest(), file };
};

const plainLayer = async (file: string, target: string): Promise<Layer> => {
  const plain = new DigestStream();
  const packed = new DigestStream();
  await pipeline(
    createReadStream(file),
    plain,
    createGzip({ level: 6 }),
    packed,
    createWriteStream(target)
  );
  const descriptor = { mediaType: layerType, digest: packed.digest(), size: packed.size };
  return { descriptor, diffId: plain.digest(), file: target };
};
