import { largestManifest } from '#core/archives/image-manifest.ts';
import type {
  BlobId,
  ImageRepositories,
  ImageRepository,
  RepositoryLogin,
  StoredManifest,
} from '#core/archives/ports.ts';
import { TooLargeError } from '#core/errors.ts';
import { asDomainError } from './as-domain-error.ts';
import { digestOf } from './digest-of.ts';
import { parseReference } from './image-reference.ts';
import { manifestTypes } from './manifest-links.ts';
import { RegistryClient, type RegistryRequest } from './registry-client.ts';
import { networkFailure, RegistryFailure } from './registry-failure.ts';

/** For one blob, in milliseconds: 14 minutes, which is what a function has. */
const longTransfer = 14 * 60_000;
/** For a question: nobody waits at the other end of the line. */
const patience = 30_000;

const uploaded = [201, 204];

export class RegistryRepositories implements ImageRepositories {
  readonly #insecure: ReadonlySet<string>;

  constructor(insecureRegistries: readonly string[]) {
    this.#insecure = new Set(insecureRegistries);
  }

  open(repository: string, account: RepositoryLogin): ImageRepository {
    const { host, repository: path } = parseReference(repository);
    const client = new RegistryClient({ host, account, isInsecure: this.#insecure.has(host) });
    return new RegistryRepository(client, path);
  }
}

/** Streams the images of one repository of a registry, in and out. */
class RegistryRepository implements ImageRepository {
  readonly #client: RegistryClient;
  readonly #path: string;

  constructor(client: RegistryClient, path: string) {
    this.#client = client;
    this.#path = path;
  }

  manifest(digest: string): Promise<StoredManifest | undefined> {
    return tried(`give manifest ${digest}`, async () => {
      const response = await this.#send({
        path: `manifests/${digest}`,
        headers: { accept: manifestTypes.join(', ') },
        statuses: [200, 404],
      });
      if (response.status === 404) return dropped(response);
      const mediaType = response.headers.get('content-type') ?? '';
      return { mediaType, content: await readSmall(response, digest) };
    });
  }

  hasManifest(reference: string, digest: string): Promise<boolean> {
    const ask = async () => (await digestOf(this.#client, this.#path, reference)) === digest;
    return tried(`tell of ${reference}`, ask);
  }

  async putManifest(reference: string, { mediaType, content }: StoredManifest): Promise<void> {
    await tried(`take manifest ${reference}`, () =>
      this.#send({
        method: 'PUT',
        path: `manifests/${reference}`,
        headers: { 'content-type': mediaType },
        body: new Uint8Array(content),
        statuses: [201],
      })
    );
  }

  blob(digest: string, from = 0): Promise<AsyncIterable<Uint8Array> | undefined> {
    return tried(`give blob ${digest}`, async () => {
      // Where it is kept may be another host, which fetch follows to without the login.
      const response = await this.#send({
        path: `blobs/${digest}`,
        ...(from > 0 && { headers: { range: `bytes=${from}-` } }),
        statuses: from > 0 ? [200, 206, 404] : [200, 404],
        patience: longTransfer,
      });
      if (response.status === 404) return dropped(response);
      return after(from - (await startOf(response, from)), contentOf(response, digest));
    });
  }

  hasBlob(digest: string): Promise<boolean> {
    return tried(`tell of blob ${digest}`, async () => {
      const path = `blobs/${digest}`;
      const { status } = await this.#send({ method: 'HEAD', path, statuses: [200, 404] });
      return status === 200;
    });
  }

  /** In the way that Docker pushes: registries differ in what else they take. */
  async putBlob({ digest }: BlobId, content: AsyncIterable<Uint8Array>): Promise<void> {
    const watched = new Watched(content);
    const upload = tried(`take blob ${digest}`, () => this.#upload(digest, watched));
    await upload.catch((error: unknown) => {
      throw watched.failure ?? error;
    });
  }

  async #upload(digest: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const begun = await this.#send({ method: 'POST', path: 'blobs/uploads/', statuses: [202] });
    const sent = await this.#client.send({
      method: 'PATCH',
      path: addressIn(begun),
      headers: { 'content-type': 'application/octet-stream' },
      body: ReadableStream.from(content) as ReadableStream<Uint8Array>,
      statuses: [202, 204],
      patience: longTransfer,
    });
    await sent.body?.cancel();
    const end = new URL(addressIn(sent));
    end.searchParams.set('digest', digest);
    // The registry reads all of it again before it answers.
    const path = end.href;
    await this.#client.send({ method: 'PUT', path, statuses: uploaded, patience: longTransfer });
  }

  #send(request: RegistryRequest): Promise<Response> {
    const path = `/v2/${this.#path}/${request.path}`;
    return this.#client.send({ patience, ...request, path });
  }
}

/** May be relative, and of another host. */
const addressIn = ({ headers, url }: Response): string => {
  const address = URL.parse(headers.get('location') ?? '', url);
  if (address) return address.href;
  throw new RegistryFailure('not-a-registry', 'it does not say where to upload to');
};

/** Where an answer begins: not every store knows ranges. */
const startOf = async (response: Response, from: number): Promise<number> => {
  if (response.status !== 206) return 0;
  const range = response.headers.get('content-range') ?? '';
  if (range.startsWith(`bytes ${from}-`)) return from;
  await dropped(response);
  throw new RegistryFailure(
    'failed',
    `it gave ${range || 'a part'} in place of what is after ${from}`
  );
};

/** Without its first bytes. */
async function* after(
  bytes: number,
  content: AsyncIterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const part of content) {
    if (left < part.length) yield part.subarray(left);
    left = Math.max(left - part.length, 0);
  }
}

const dropped = async ({ body }: Response): Promise<undefined> => {
  await body?.cancel();
  return undefined;
};

const readSmall = async ({ body, url }: Response, digest: string): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > largestManifest) throw new TooLargeError(`manifest ${digest} is too large: ${url}`);
    parts.push(part);
  }
  return Buffer.concat(parts);
};

async function* contentOf({ body, url }: Response, digest: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (error) {
    throw asDomainError(networkFailure(error, new URL(url).host), `give blob ${digest}`);
  }
}

const tried = async <Result>(doing: string, action: () => Promise<Result>): Promise<Result> => {
  try {
    return await action();
  } catch (error) {
    throw error instanceof RegistryFailure ? asDomainError(error, doing) : error;
  }
};

/** Content that remembers what went wrong with itself: fetch tells it as a failure of its own. */
class Watched implements AsyncIterable<Uint8Array> {
  readonly #content: AsyncIterable<Uint8Array>;
  failure: unknown;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#content;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
