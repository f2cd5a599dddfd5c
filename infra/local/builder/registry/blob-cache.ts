import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DigestStream } from '../layers/digest.ts';

/** Keeps what was pulled, by digest, from one build to the next. */
export class BlobCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The blob's file; `download` is called for one that is not there, and its content is verified. */
  async file(digest: string, download: () => Promise<ReadableStream<Uint8Array>>): Promise<string> {
    const file = join(this.#folder, digest.replace(':', '-'));
    if (existsSync(file)) {
      return file;
    }
    await mkdir(this.#folder, { recursive: true });
    const unfinished = `${file}.${randomUUID()}`;
    try {
      const hashing = new DigestStream();
      await pipeline(Readable.fromWeb(await download()), hashing, createWriteStream(unfinished));
      const actual = hashing.digest();
      if (actual !== digest) throw new Error(`unexpected digest ${actual}, expected ${digest}`);
      await rename(unfinished, file);
    } finally {
      await rm(unfinished, { force: true });
    }
    return file;
  }
}

/**
 * The folder that RACKLESS_BUILDER_CACHE names, or one in the user's cache. HOME is not asked: a pod
 * has one of its own, which goes with it.
 */
export const cacheFolder = (environment: Readonly<Record<string, string | undefined>>): string =>
  environment['RACKLESS_BUILDER_CACHE'] || join(userCache(), 'rackless', 'builder');

const userCache = (): string =>
  process.platform === 'darwin'
    ? join(userHome(), 'Library', 'Caches')
    : join(userHome(), '.cache');

/** The home folder of the user, whatever HOME says. */
export const userHome = (): string => {
  try {
    return userInfo().homedir;
  } catch {
    // A user id without an entry in the system's list.
    return homedir();
  }
};
