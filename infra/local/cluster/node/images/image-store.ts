import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadBlob } from './download-blob.ts';
import type { Descriptor, ImageConfig, Manifest } from './image-config.ts';
import { type ImageReference, parseImageReference } from './image-reference.ts';
import { LayerUnpacker } from './layer-unpacker.ts';
import { pullFailure } from './pull-failure.ts';
import { RegistryClient } from './registry-client.ts';
import type { Credentials } from './registry-credentials.ts';
import { resolveManifest } from './resolve-manifest.ts';

/** An image that is unpacked on this machine. */
export interface StoredImage {
  /** Of the platform manifest. */
  readonly digest: string;
  /** `HOST/REPOSITORY@DIGEST`, as a container status shows it. */
  readonly imageId: string;
  readonly rootfs: string;
  readonly config: ImageConfig;
  /** Compressed size, in bytes. */
  readonly size: number;
}

/** Where a registry really is, by the host that image names use. */
export type Registries = Readonly<
  Record<string, { readonly url: string; readonly credentials?: Credentials }>
>;

/** A pull that failed; the message is that of `pullFailure`. */
class ImagePullError extends Error {
  override readonly name = 'ImagePullError';
}

/** Registries of this machine are spoken to without TLS, as container runtimes do. */
const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
/** Names that need not resolve everywhere. */
const localName = /^[\w.-]+\.localhost(:\d+)?$/;

/** Images under `directory`, one folder per manifest digest, each unpacked once. */
export class ImageStore {
  readonly #directory: string;
  readonly #registries: Registries;
  readonly #closing = new AbortController();
  readonly #pulling = new Map<string, Promise<StoredImage>>();

  constructor(directory: string, registries: Registries = {}) {
    this.#directory = directory;
    this.#registries = registries;
    mkdirSync(join(directory, 'names'), { recursive: true });
  }

  /** The image as it was last pulled under this name, if its files are still there. */
  find(image: string): StoredImage | undefined {
    try {
      const { digest } = JSON.parse(readFileSync(this.#nameFile(image), 'utf8')) as {
        digest: string;
      };
      return this.#read(digest, parseImageReference(image));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /** Ends the pulls that are still under way. */
  close(): void {
    this.#closing.abort();
  }

  /**
   * Gets an image, which is unpacked only if it is not there yet. When `signal` aborts, the caller is
   * let go; what others wait for too goes on. Throws `ImagePullError` or `InvalidImageNameError`.
   */
  async pull(
    image: string,
    credentials: Credentials | undefined,
    signal: AbortSignal
  ): Promise<StoredImage> {
    const reference = parseImageReference(image);
    const configured = this.#registries[reference.registry];
    const client = new RegistryClient({
      url: configured?.url ?? registryUrl(reference.registry),
      repository: reference.repository,
      credentials: credentials ?? configured?.credentials,
    });
    try {
      const { digest, manifest } = await resolveManifest(client, reference, signal);
      const unpacking = this.#unpackOnce({ client, reference, digest, manifest });
      const stored = await Promise.race([unpacking, rejectedOnAbort(signal)]);
      writeFileSync(this.#nameFile(image), JSON.stringify({ image, digest }));
      return stored;
    } catch (error) {
      throw new ImagePullError(pullFailure(reference, error), { cause: error });
    }
  }

  async #unpackOnce(source: ImageSource): Promise<StoredImage> {
    const { digest, reference } = source;
    if (existsSync(this.#folder(digest))) {
      return this.#read(digest, reference);
    }
    const running = this.#pulling.get(digest) ?? this.#unpack(source);
    this.#pulling.set(digest, running);
    try {
      return { ...(await running), imageId: imageId(reference, digest) };
    } finally {
      this.#pulling.delete(digest);
    }
  }

  async #unpack({ client, reference, digest, manifest }: ImageSource): Promise<StoredImage> {
    const { signal } = this.#closing;
    const unfinished = join(this.#directory, `unfinished-${randomUUID()}`);
    await mkdir(unfinished, { recursive: true });
    try {
      const unpacker = new LayerUnpacker(join(unfinished, 'rootfs'));
      await mkdir(join(unfinished, 'rootfs'));
      const file = join(unfinished, 'blob');
      for (const layer of manifest.layers ?? []) {
        await downloadBlob(client, { blob: layer, file, signal });
        await unpacker.unpack(file);
        await rm(file);
      }
      await downloadBlob(client, { blob: configOf(manifest), file, signal });
      const { config = {} } = JSON.parse(await readFile(file, 'utf8')) as { config?: ImageConfig };
      await rm(file);
      const size = (manifest.layers ?? []).reduce((sum, layer) => sum + (layer.size ?? 0), 0);
      await writeFile(join(unfinished, 'image.json'), JSON.stringify({ config, size }));
      await rename(unfinished, this.#folder(digest));
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return this.#read(digest, reference);
  }

  #read(digest: string, reference: ImageReference): StoredImage {
    const folder = this.#folder(digest);
    const { config, size } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as {
      config: ImageConfig;
      size: number;
    };
    return {
      digest,
      imageId: imageId(reference, digest),
      rootfs: join(folder, 'rootfs'),
      config,
      size,
    };
  }

  #folder(digest: string): string {
    return join(this.#directory, digest.replace(':', '-'));
  }

  #nameFile(image: string): string {
    const { canonical } = parseImageReference(image);
    return join(
      this.#directory,
      'names',
      `${createHash('sha256').update(canonical).digest('hex')}.json`
    );
  }
}

interface ImageSource {
  readonly client: RegistryClient;
  readonly reference: ImageReference;
  readonly digest: string;
  readonly manifest: Manifest;
}

const rejectedOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the pod was stopped')), {
      once: true,
    });
  });

const imageId = ({ registry, repository }: ImageReference, digest: string): string =>
  `${registry}/${repository}@${digest}`;

const registryUrl = (registry: string): string => {
  if (registry === 'docker.io') {
    return 'https://registry-1.docker.io';
  }
  const local = localName.exec(registry);
  if (local !== null) {
    return `http://127.0.0.1${local[1] ?? ''}`;
  }
  return `${loopback.test(registry) ? 'http' : 'https'}://${registry}`;
};

const configOf = (manifest: Manifest): Descriptor => {
  if (manifest.config === undefined) {
    throw new Error('the manifest names no image config');
  }
  return manifest.config;
};
