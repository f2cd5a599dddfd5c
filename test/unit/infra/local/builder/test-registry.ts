import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface RegistryOptions {
  /** `USER:PASSWORD`; Basic, or a token that is fetched with them when `bearer`. */
  readonly login?: string;
  readonly bearer?: boolean;
}

const sha256 = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** An OCI registry in memory: the part of the distribution specification that pulls and pushes need. */
export class TestRegistry {
  readonly blobs = new Map<string, Buffer>();
  /** By `NAME@DIGEST` and `NAME:TAG`. */
  readonly manifests = new Map<string, { readonly type: string; readonly body: Buffer }>();
  /** `METHOD path` of every request, in order. */
  readonly requests: string[] = [];
  /** The next requests that fail, as statuses. */
  readonly failures: number[] = [];
  /** What the upload that is under way has brought so far. */
  #patched: Buffer = Buffer.alloc(0);
  readonly #server: Server;
  readonly #options: RegistryOptions;

  private constructor(options: RegistryOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(options: RegistryOptions = {}): Promise<TestRegistry> {
    const registry = new TestRegistry(options);
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** HOST:PORT */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  uploads(): readonly string[] {
    return this.requests.filter((line) => line.startsWith('PUT '));
  }

  putBlob(content: Buffer): { readonly digest: string; readonly size: number } {
    const digest = sha256(content);
    this.blobs.set(digest, content);
    return { digest, size: content.length };
  }

  putManifest(name: string, tag: string, manifest: object): string {
    const body = Buffer.from(JSON.stringify(manifest));
    const { mediaType = 'application/vnd.oci.image.manifest.v1+json' } = manifest as {
      mediaType?: string;
    };
    const digest = sha256(body);
    this.manifests.set(`${name}:${tag}`, { type: mediaType, body });
    this.manifests.set(`${name}@${digest}`, { type: mediaType, body });
    return digest;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '', `http://${this.host}`);
    this.requests.push(`${method} ${url.pathname}`);
    const answer = this.#answer({ method, url, headers, body: await bodyOf(request) });
    const { status, body = '' } = answer;
    response.writeHead(status, { 'content-length': body.length, ...answer.headers });
    response.end(method === 'HEAD' ? '' : body);
  }

  #answer(call: Call): Answer {
    const { pathname } = call.url;
    const failure = pathname === '/v2/' ? undefined : this.failures.shift();
    if (failure !== undefined) {
      return { status: failure };
    }
    if (pathname === '/token') {
      return this.#token(call);
    }
    return this.#mayPass(call) ? this.#route(call) : this.#challenge();
  }

  get #basic(): string {
    return `Basic ${Buffer.from(this.#options.login ?? '').toString('base64')}`;
  }

  #mayPass({ headers }: Call): boolean {
    const { login, bearer = false } = this.#options;
    return login === undefined || headers.authorization === (bearer ? 'Bearer good' : this.#basic);
  }

  #challenge(): Answer {
    const challenge = this.#options.bearer
      ? `Bearer realm="http://${this.host}/token",service="test"`
      : 'Basic realm="test"';
    const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required' }];
    return {
      status: 401,
      headers: { 'www-authenticate': challenge },
      body: JSON.stringify({ errors }),
    };
  }

  #token({ headers }: Call): Answer {
    const status = headers.authorization === this.#basic ? 200 : 401;
    return { status, body: JSON.stringify({ token: 'good' }) };
  }

  #route(call: Call): Answer {
    const [, name = '', kind, reference = ''] =
      /^\/v2\/(.+)\/(blobs|manifests)\/(.+)$/.exec(call.url.pathname) ?? [];
    switch (kind) {
      case 'manifests':
        return this.#manifest(call, name, reference);
      case 'blobs':
        return this.#blob(call, name, reference);
      default:
        return { status: 200 };
    }
  }

  #manifest({ method, headers, body }: Call, name: string, reference: string): Answer {
    if (method === 'PUT') {
      const manifest = { type: headers['content-type'] ?? '', body };
      this.manifests.set(`${name}:${reference}`, manifest);
      this.manifests.set(`${name}@${sha256(body)}`, manifest);
      return { status: 201, headers: { 'docker-content-digest': sha256(body) } };
    }
    const separator = reference.startsWith('sha256:') ? '@' : ':';
    const found = this.manifests.get(`${name}${separator}${reference}`);
    if (found === undefined) {
      const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }];
      return { status: 404, body: JSON.stringify({ errors }) };
    }
    return {
      status: 200,
      headers: { 'content-type': found.type, 'docker-content-digest': sha256(found.body) },
      body: found.body,
    };
  }

  #blob({ method, url, body: sent }: Call, name: string, reference: string): Answer {
    if (method === 'PATCH') {
      this.#patched = sent;
      return { status: 202, headers: { location: `/v2/${name}/blobs/uploads/1?state=y` } };
    }
    const body = method === 'PUT' && sent.length === 0 ? this.#patched : sent;
    if (method === 'POST') {
      return { status: 202, headers: { location: `/v2/${name}/blobs/uploads/1?state=x` } };
    }
    if (method === 'PUT') {
      const digest = sha256(body);
      if (digest !== url.searchParams.get('digest')) {
        return { status: 400 };
      }
      this.blobs.set(digest, body);
      return { status: 201 };
    }
    const blob = this.blobs.get(reference);
    return blob === undefined ? { status: 404 } : { status: 200, body: blob };
  }
}
