import { createHash, randomUUID } from 'node:crypto';
import type { Call, Reply } from '../aws-identity/http.ts';

interface Manifest {
  readonly content: Buffer;
  readonly type: string;
}

/** The repositories of a registry, in memory: what OCI's distribution specification says of them. */
export class RegistryContent {
  readonly #blobs = new Map<string, Buffer>();
  readonly #uploads = new Map<string, Buffer>();
  /** By `REPOSITORY:TAG` and by `REPOSITORY@DIGEST`. */
  readonly #manifests = new Map<string, Manifest>();

  answer(call: Call, repository: string, rest: string): Reply {
    const [kind, reference = ''] = rest.split(/\/(.*)/s);
    if (kind === 'manifests') return this.#manifest(call, repository, reference);
    if (reference.startsWith('uploads/')) {
      return this.#upload(call, repository, reference.slice('uploads/'.length));
    }
    const blob = this.#blobs.get(`${repository}@${reference}`);
    return blob ? found(blob, reference, 'application/octet-stream') : unknown('BLOB_UNKNOWN');
  }

  #manifest(call: Call, repository: string, reference: string): Reply {
    const name = reference.startsWith('sha256:') ? `@${reference}` : `:${reference}`;
    if (call.method !== 'PUT') {
      const manifest = this.#manifests.get(repository + name);
      if (!manifest) return unknown('MANIFEST_UNKNOWN');
      return found(manifest.content, digestOf(manifest.content), manifest.type);
    }
    const digest = digestOf(call.body);
    if (!this.#hasAll(call.body, repository))
      return { ...unknown('MANIFEST_BLOB_UNKNOWN'), status: 400 };
    const manifest = { content: call.body, type: call.headers['content-type'] ?? '' };
    this.#manifests.set(repository + name, manifest).set(`${repository}@${digest}`, manifest);
    return { status: 201, headers: { 'docker-content-digest': digest } };
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
