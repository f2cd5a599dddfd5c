import { createHash, randomUUID } from 'node:crypto';
import type { Call, Reply } from '../aws-identity/http.ts';

interface Manifest {
  readonly content: Buffer;
  readonly type: string;
  /** When it was pushed or tagged last; milliseconds since 1970. */
  readonly at: number;
}

/** The repositories of a registry, in memory: what OCI's distribution specification says of them. */
export class RegistryContent {
  readonly #blobs = new Map<string, Buffer>();
  readonly #uploads = new Map<string, Buffer>();
  /** By `REPOSITORY:TAG` and by `REPOSITORY@DIGEST`. */
  readonly #manifests = new Map<string, Manifest>();
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  answer(call: Call, repository: string, rest: string): Reply {
    if (call.url.pathname.startsWith('/acr/v1/')) return this.#acr(call, repository);
    const [kind, reference = ''] = rest.split(/\/(.*)/s);
    if (kind === 'manifests') return this.#manifest(call, repository, reference);
    if (reference.startsWith('uploads/')) {
      return this.#upload(call, repository, reference.slice('uploads/'.length));
    }
    const blob = this.#blobs.get(`${repository}@${reference}`);
    return blob ? found(blob, reference, 'application/octet-stream') : unknown('BLOB_UNKNOWN');
  }

  #manifest(call: Call, repository: string, reference: string): Reply {
    if (call.method === 'DELETE') return this.#delete(repository, reference);
    const name = reference.startsWith('sha256:') ? `@${reference}` : `:${reference}`;
    if (call.method !== 'PUT') {
      const manifest = this.#manifests.get(repository + name);
      if (!manifest) return unknown('MANIFEST_UNKNOWN');
      return found(manifest.content, digestOf(manifest.content), manifest.type);
    }
    const digest = digestOf(call.body);
    if (!this.#hasAll(call.body, repository))
      return { ...unknown('MANIFEST_BLOB_UNKNOWN'), status: 400 };
    const type = call.headers['content-type'] ?? '';
    const manifest = { content: call.body, type, at: this.#clock() };
    this.#manifests.set(repository + name, manifest).set(`${repository}@${digest}`, manifest);
    return { status: 201, headers: { 'docker-content-digest': digest } };
  }

  /** ACR's own API: manifests with their tags, two a page; and a whole repository's end. */
  #acr({ method, url }: Call, repository: string): Reply {
    const digests = this.#keys(`${repository}@`);
    if (digests.length === 0) return unknown('NAME_UNKNOWN');
    if (method === 'DELETE') {
      for (const it of digests) this.#delete(repository, it);
      return { status: 202, body: { manifestsDeleted: digests } };
    }
    const last = url.searchParams.get('last') ?? '';
    const page = digests.toSorted(byText).filter((it) => it > last);
    const next = `</acr/v1/${repository}/_manifests?last=${page[1]}&n=2&orderby=>; rel="next"`;
    const manifests = page.slice(0, 2).map((it) => this.#attributes(repository, it));
    return {
      status: 200,
      body: { imageName: repository, manifests },
      ...(page.length > 2 && { headers: { link: next } }),
    };
  }

  #attributes(repository: string, digest: string): object {
    const manifest = this.#manifests.get(`${repository}@${digest}`);
    const tags = this.#tagsOf(repository, digest);
    return {
      digest,
      mediaType: manifest?.type,
      lastUpdateTime: new Date(manifest?.at ?? 0).toISOString(),
      ...(tags.length > 0 && { tags }),
    };
  }

  /** With all tags that name it. */
  #delete(repository: string, digest: string): Reply {
    if (!this.#manifests.has(`${repository}@${digest}`)) return unknown('MANIFEST_UNKNOWN');
    for (const tag of this.#tagsOf(repository, digest)) {
      this.#manifests.delete(`${repository}:${tag}`);
    }
    this.#manifests.delete(`${repository}@${digest}`);
    return { status: 202 };
  }

  #tagsOf(repository: string, digest: string): readonly string[] {
    return this.#keys(`${repository}:`).filter((tag) => {
      const manifest = this.#manifests.get(`${repository}:${tag}`);
      return manifest && digestOf(manifest.content) === digest;
    });
  }

  #keys(prefix: string): readonly string[] {
    const found = [...this.#manifests.keys()].filter((it) => it.startsWith(prefix));
    return found.map((it) => it.slice(prefix.length));
  }

  #hasAll(manifest: Buffer, repository: string): boolean {
    const { config, layers = [] } = JSON.parse(manifest.toString()) as {
      config?: { digest: string };
      layers?: { digest: string }[];
    };
    const needed = [...(config ? [config] : []), ...layers];
    return needed.every(({ digest }) => this.#blobs.has(`${repository}@${digest}`));
  }

  #upload({ method, url, body }: Call, repository: string, id: string): Reply {
    const upload = method === 'POST' ? randomUUID() : id;
    const content = Buffer.concat([this.#uploads.get(upload) ?? Buffer.alloc(0), body]);
    const digest = url.searchParams.get('digest');
    if (digest) {
      if (digestOf(content) !== digest) return { ...unknown('DIGEST_INVALID'), status: 400 };
      this.#blobs.set(`${repository}@${digest}`, content);
      return { status: 201, headers: { 'docker-content-digest': digest } };
    }
    this.#uploads.set(upload, content);
    const location = `/v2/${repository}/blobs/uploads/${upload}`;
    return { status: 202, headers: { location, range: `0-${Math.max(content.length - 1, 0)}` } };
  }
}

const found = (content: Buffer, digest: string, type: string): Reply => ({
  status: 200,
  headers: { 'content-type': type, 'docker-content-digest': digest },
  body: content,
});

const unknown = (code: string): Reply => ({
  status: 404,
  body: { errors: [{ code, message: code.toLowerCase().replace(/_/g, ' ') }] },
});

const digestOf = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const byText = (one: string, other: string): number => (one < other ? -1 : 1);
