import { InvalidRequestError, TooLargeError } from '../errors.ts';
import { type BuildRecord, type RecordedService, readRecord } from './build-record.ts';
import { checkedContent, wholeContent } from './checked-content.ts';
import { gatherImages, type ImageGraph } from './gather-images.ts';
import { largestManifest, readManifest } from './image-manifest.ts';
import type { ArchiveEntry, StoredManifest } from './ports.ts';

/** What an archive brings, all of it seen and checked. */
export interface ArchiveContents {
  readonly record: BuildRecord;
  readonly services: readonly RecordedService[];
  readonly images: ImageGraph;
}

/** Unpacked: a gzip can blow up to a thousand times its size. */
const largest = 20 * 1024 ** 3;
const mostEntries = 50_000;
/** Manifests are kept while an archive is read, for what they name may come before or after them. */
const mostKept = 32 * 1024 * 1024;

/** Where an archive of Convox has the image of a service: an archive of its own in it. */
const inTar = /^([a-z][a-z0-9-]*)\.B[A-Z]+\.tar\//;
const layoutFile =
  /^(?:[a-z][a-z0-9-]*\.B[A-Z]+\.tar\/)?(?:index\.json|blobs\/sha256\/[0-9a-f]{64})$/;

/**
 * Reads an archive to its end: every blob is compared with its name, and everything that an image refers
 * to has to be there. Files that are none of its parts are passed over; paths lead nowhere.
 * @throws InvalidRequestError, TooLargeError
 */
export const inspectArchive = async (
  entries: AsyncIterable<ArchiveEntry>
): Promise<ArchiveContents> => {
  const inspection = new Inspection();
  for await (const entry of entries) await inspection.add(entry);
  return inspection.end();
};

/** `./a//b` and `a/b` are the same file. */
const normalized = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** The digest that a file of a layout has as its name. */
export const digestAt = (path: string): string | undefined => {
  const [, hash] = /(?:^|\/)blobs\/sha256\/([0-9a-f]{64})$/.exec(normalized(path)) ?? [];
  return hash && `sha256:${hash}`;
};

class Inspection {
  #entries = 0;
  #bytes = 0;
  #keptBytes = 0;
  #record: BuildRecord | undefined;
  /** Text of `index.json` by the service whose archive it is of; '' for the one of the whole. */
  readonly #indexes = new Map<string, Uint8Array>();
  /** Sizes by digest. */
  readonly #blobs = new Map<string, number>();
  /** What may be a manifest, by digest. */
  readonly #kept = new Map<string, Uint8Array>();

  async add(entry: ArchiveEntry): Promise<void> {
    this.#count(entry);
    const path = normalized(entry.path);
    const isOurs = path === 'build.json' || layoutFile.test(path);
    if (!isOurs) return;
    if (!entry.isFile) throw new InvalidRequestError(`the archive has no file as ${path}`);
    const digest = digestAt(path);
    if (digest) await this.#addBlob(digest, entry);
    else await this.#addText(path, await readSmall(path, entry));
  }

  async end(): Promise<ArchiveContents> {
    const record = this.#record;
    if (!record) {
      throw new InvalidRequestError(
        'the archive has no build.json: it is not the export of a build',
        {
          hint: 'make one: rackless builds export BUILD --file FILE',
        }
      );
    }
    const services = record.services ?? this.#servicesOfConvox();
    const digests = services.flatMap((it) => ('digest' in it ? [it.digest] : []));
    const images = await gatherImages(async (digest) => this.#manifest(digest, services), digests);
    for (const { digest, size } of images.blobs) this.#requireBlob(digest, size);
    return { record, services, images };
  }

  #count({ size }: ArchiveEntry): void {
    this.#entries += 1;
    this.#bytes += size;
    if (this.#entries > mostEntries) throw new TooLargeError('the archive has too many files');
    if (this.#bytes > largest) throw new TooLargeError('the archive is too large unpacked');
  }

  async #addBlob(digest: string, { size, content }: ArchiveEntry): Promise<void> {
    const failure = (why: string) =>
      new InvalidRequestError(`blob ${digest} of the archive ${why}`);
    const checked = checkedContent(content, { digest, size }, failure);
    if (size <= largestManifest) this.#keep(digest, await wholeContent(checked));
    else for await (const _ of checked);
    this.#blobs.set(digest, size);
  }

  /** Manifests are JSON objects, and so are the small configurations of images. */
  #keep(digest: string, content: Uint8Array): void {
    if (content[0] !== '{'.charCodeAt(0) || this.#kept.has(digest)) return;
    this.#keptBytes += content.length;
    if (this.#keptBytes > mostKept) throw new TooLargeError('the archive has too many manifests');
    this.#kept.set(digest, content);
  }

  #addText(path: string, content: Uint8Array): void {
    if (path === 'build.json') {
      if (this.#record) throw new InvalidRequestError('the archive has build.json twice');
      this.#record = readRecord(new TextDecoder().decode(content));
      return;
    }
    this.#indexes.set(inTar.exec(path)?.[1] ?? '', content);
  }

  /** Each of its inner archives holds one image, which its index names. */
  #servicesOfConvox(): readonly RecordedService[] {
    const found = [...this.#indexes].flatMap(([name, content]) => {
      const [first] = readManifest('index.json', { mediaType: '', content }).manifests;
      return name && first ? [{ name, digest: first.digest }] : [];
    });
    if (found.length > 0) return found;
    throw new InvalidRequestError('the archive has no images: build.json is all there is');
  }

  #manifest(digest: string, services: readonly RecordedService[]): StoredManifest {
    const content = this.#kept.get(digest);
    if (content) return { mediaType: '', content };
    const [service] = services.filter((it) => 'digest' in it && it.digest === digest);
    const whose = service ? `image of ${service.name}` : 'manifest that an image refers to';
    throw new InvalidRequestError(`the archive does not have the ${whose}: ${digest}`);
  }

  #requireBlob(digest: string, size: number): void {
    const found = this.#blobs.get(digest);
    if (found === size) return;
    throw new InvalidRequestError(
      found === undefined
        ? `the archive does not have a blob that an image refers to: ${digest}`
        : `blob ${digest} has ${found} bytes, and an image says ${size}`
    );
  }
}

const readSmall = async (path: string, { size, content }: ArchiveEntry): Promise<Uint8Array> => {
  if (size > largestManifest) {
    throw new TooLargeError(
      `${path} of the archive has ${size} bytes; ${largestManifest} is the limit`
    );
  }
  return wholeContent(content);
};
