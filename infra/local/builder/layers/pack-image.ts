import { configType, manifestType, type PackedImage } from '../registry/push-image.ts';
import type { ImageFile } from '../stages/image-file.ts';
import { digestOf } from './digest.ts';
import type { Layer } from './layer.ts';

/** Writes config and manifest of an image. Equal input gives equal bytes, so equal digests. */
export const packImage = (
  image: Omit<ImageFile, 'os' | 'rootfs'>,
  layers: readonly Layer[]
): PackedImage => {
  const file: ImageFile = {
    ...image,
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
  return withManifest(Buffer.from(JSON.stringify(file)), layers);
};

/** An image whose config is there already. */
export const withManifest = (config: Buffer, layers: readonly Layer[]): PackedImage => {
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    layers: layers.map(({ descriptor: { mediaType, digest, size } }) => ({
      mediaType,
      digest,
      size,
    })),
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)), layers };
};
