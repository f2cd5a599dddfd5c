import type { Credentials } from './registry-credentials.ts';

export interface RegistryEndpoint {
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  readonly repository: string;
  readonly credentials: Credentials | undefined;
}

export interface FetchedManifest {
  readonly digest: string | undefined;
  readonly body: Buffer;
}

/** What a registry answered instead of content; `status` is its HTTP status. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Reads `Bearer realm="…",service="…",scope="…"`. */
const challengeParameters = (challenge: string): Partial<Record<string, string>> =>
  Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])
  );

/** Pulls from one repository of an OCI registry: anonymous, Basic or Bearer, as it asks for. */
export class RegistryClient {
  readonly #endpoint: RegistryEndpoint;
  #authorization: string | undefined;

  constructor(endpoint: RegistryEndpoint) {
    this.#endpoint = endpoint;
  }

  async manifest(reference: string, signal: AbortSignal): Promise<FetchedManifest> {
    const response = await this.#get(`manifests/${reference}`, signal);
    return {
      digest: response.headers.get('docker-content-digest') ?? undefined,
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  /** The blob's bytes, not verified yet. */
  async blob(digest: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#get(`blobs/${digest}`, signal);
    if (response.body === null) {
      throw new RegistryError(response.status, `blob ${digest} has no content`);
    }
    return response.body;
  }

  async #get(path: string, signal: AbortSignal): Promise<Response> {
    const url = `${this.#endpoint.url}/v2/${this.#endpoint.repository}/${path}`;
    let response = await this.#request(url, signal);
    if (response.status === 401) {
      await response.body?.cancel();
      this.#authorization = await this.#authorize(
        response.headers.get('www-authenticate') ?? '',
        signal
      );
      response = await this.#request(url, signal);
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new RegistryError(
        response.status,
        `unexpected status from GET request to ${url}: ${response.status} ${response.statusText}`
      );
    }
    return response;
  }

  async #request(url: string, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { accept: manifestTypes };
    if (this.#authorization !== undefined) {
      headers['authorization'] = this.#authorization;
    }
    try {
      return await fetch(url, { headers, signal });
    } catch (error) {
      throw new RegistryError(
        0,
        `failed to do request: Get "${url}": ${connectionProblem(error)}`,
        {
          cause: error,
        }
      );
    }
  }

  async #authorize(challenge: string, signal: AbortSignal): Promise<string | undefined> {
    const { credentials, repository } = this.#endpoint;
    if (/^bearer/i.test(challenge)) {
      return await fetchToken({ challenge, credentials, repository, signal });
    }
    return credentials === undefined ? undefined : basic(credentials);
  }
}

interface TokenRequest {
  readonly challenge: string;
  readonly credentials: Credentials | undefined;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/** The token endpoint of the distribution specification (Docker Hub, ACR, GCR). */
const fetchToken = async (request: TokenRequest): Promise<string> => {
  const { realm, service, scope } = challengeParameters(request.challenge);
  if (realm === undefined) {
    throw new RegistryError(401, 'failed to authorize: the registry names no token endpoint');
  }
  const url = new URL(realm);
  url.searchParams.set('scope', scope ?? `repository:${request.repository}:pull`);
  if (service !== undefined) {
    url.searchParams.set('service', service);
  }
  const headers: Record<string, string> =
    request.credentials === undefined ? {} : { authorization: basic(request.credentials) };
  const response = await fetch(url, { headers, signal: request.signal });
  if (!response.ok) {
    throw new RegistryError(
      response.status,
      `failed to authorize: failed to fetch oauth token: unexpected status from GET request to ${url}: ${response.status} ${response.statusText}`
    );
  }
  const body = (await response.json()) as { token?: string; access_token?: string };
  return `Bearer ${body.token ?? body.access_token}`;
};

/** fetch hides the reason ("fetch failed") in its cause; Go's wording is what people search for. */
const connectionProblem = (error: unknown): string => {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  if (cause?.code === 'ECONNREFUSED') {
    return 'dial tcp: connect: connection refused';
  }
  if (cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN') {
    return 'dial tcp: lookup: no such host';
  }
  return cause?.message ?? (error as Error).message;
};
