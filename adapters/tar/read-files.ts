import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { InvalidRequestError, TooLargeError } from '#core/errors.ts';
import { largestSource } from '#core/objects/largest.ts';

export interface ArchiveLimits {
  /** Of one file that is read. */
  readonly fileBytes: number;
  /** Of the whole archive, unpacked. */
  readonly totalBytes: number;
  readonly entries: number;
}

const defaults: ArchiveLimits = {
  fileBytes: 1024 * 1024,
  totalBytes: largestSource,
  entries: 1_000_000,
};

/**
 * Reads some files out of a `.tgz` as it streams by, by their paths inside it, and stops when it has
 * them all. Nothing is unpacked: names and links of the archive lead nowhere.
 * @throws InvalidRequestError, TooLargeError for an archive that is broken or beyond its limits.
 */
export const readFiles = async (
  archive: NodeJS.ReadableStream,
  paths: readonly string[],
  limits: ArchiveLimits = defaults
): Promise<ReadonlyMap<string, string>> => {
  const unpacked = createGunzip();
  // The pipe's own error reaches the loop below; without a listener it would end the process.
  pipeline(archive, unpacked, () => undefined);
  try {
    return await readTarFiles(unpacked, paths, limits);
  } catch (cause) {
    throw isZlibError(cause)
      ? new InvalidRequestError('the source is not a gzip-compressed tar archive', { cause })
      : cause;
  } finally {
    unpacked.destroy();
  }
};

/** The same of an archive that is not compressed. */
export const readTarFiles = async (
  archive: AsyncIterable<Buffer>,
  paths: readonly string[],
  limits: ArchiveLimits = defaults
): Promise<ReadonlyMap<string, string>> => {
  const collector = new Collector(paths, limits);
  for await (const part of archive) {
    collector.add(part);
    if (collector.isDone) break;
  }
  return collector.end();
};

export const isZlibError = (error: unknown): boolean =>
  String((error as { code?: unknown } | undefined)?.code).startsWith('Z_');

/** Feeds the tar parser and keeps what was asked for. */
class Collector {
  readonly #wanted: Map<string, string>;
  readonly #limits: ArchiveLimits;
  readonly #found = new Map<string, string>();
  readonly #parser: Parser;
  #bytes = 0;
  #entries = 0;
  #failure: Error | undefined;

  constructor(paths: readonly string[], limits: ArchiveLimits) {
    this.#wanted = new Map(paths.map((path) => [normalized(path), path]));
    this.#limits = limits;
    this.#parser = new Parser({
      strict: true,
      onReadEntry: (entry) => this.#enter(entry),
    });
    this.#parser.on('error', (error: Error) => {
      this.#failure ??= new InvalidRequestError(
        `the source is a broken archive: ${error.message}`,
        {
          cause: error,
        }
      );
    });
  }

  get isDone(): boolean {
    return this.#found.size === this.#wanted.size;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#limits.totalBytes) {
      throw new TooLargeError('the source is too large unpacked', {
        hint: 'leave files out with .dockerignore',
      });
    }
    this.#parser.write(chunk);
    if (this.#failure) throw this.#failure;
  }

  end(): ReadonlyMap<string, string> {
    if (!this.isDone) this.#parser.end();
    if (this.#failure) throw this.#failure;
    return this.#found;
  }

  #enter(entry: ReadEntry): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) {
      this.#failure ??= new TooLargeError('the source has too many files');
    }
    const path = this.#wanted.get(normalized(entry.path));
    if (path === undefined || entry.type !== 'File' || this.#failure) entry.resume();
    else this.#read(entry, path);
  }

  #read(entry: ReadEntry, path: string): void {
    if (entry.size > this.#limits.fileBytes) {
      this.#failure = new TooLargeError(`${path} is larger than ${this.#limits.fileBytes} bytes`);
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => this.#found.set(path, Buffer.concat(chunks).toString('utf8')));
  }
}

/** `./a//b` and `a/b` are the same file. */
const normalized = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
