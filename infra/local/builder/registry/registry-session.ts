import { RegistryError } from '../../cluster/node/images/registry-client.ts';
import type { Credentials } from '../../cluster/node/images/registry-credentials.ts';

export interface Repository {
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  readonly name: string;
  readonly credentials: Credentials | undefined;
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Below `/v2/NAME/`, or a whole URL that the registry gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | Buffer;
  /** Statuses that are answers; others are thrown as `RegistryError`. */
  readonly expected: readonly number[];
}

/** In ms; a large layer on a slow line takes its time. */
const requestTimeout = 600_000;

/** Speaks to one repository of an OCI registry and logs in as the registry asks: Basic or Bearer. */
export class RegistrySession {
  readonly #repository: Repository;
  #authorization: string | undefined;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  async send(request: RegistryRequest): Promise<Response> {
    const url = new URL(request.path, `${this.#repository.url}/v2/${this.#repository.name}/`);
    let response = await this.#fetch(url, request);
    if (response.status === 401) {
      await response.body?.cancel();
      this.#authorization = await this.#logIn(response.headers.get('www-authenticate') ?? '');
      response = await this.#fetch(url, request);
    }
    if (!request.expected.includes(response.status)) {
      throw await asFailure(response, `${request.method} request to ${url.origin}${url.pathname}`);
    }
    return response;
  }

  async #fetch(url: URL, { method, headers, body }: RegistryRequest): Promise<Response> {
    const isOwn = url.origin === new URL(this.#repository.url).origin;
    const authorization =
      this.#authorization === undefined || !isOwn ? {} : { authorization: this.#authorization };
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, ...authorization },
        signal: AbortSignal.timeout(requestTimeout),
        ...(body && { body: Buffer.isBuffer(body) ? new Uint8Array(body) : body }),
      });
    } catch (error) {
      throw new RegistryError(0, `failed to do request: ${method} "${url}": ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  async #logIn(challenge: string): Promise<string | undefined> {
    const { credentials } = this.#repository;
    const basic =
      credentials &&
      `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
    return /^bearer\b/i.test(challenge) ? await this.#token(challenge, basic) : basic;
  }

  /** The token endpoint of the distribution specification, asked for the right to push. */
  async #token(challenge: string, basic: string | undefined): Promise<string> {
    const parameters = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])
    );
    const url = new URL(parameters.get('realm') ?? '');
    url.searchParams.set('scope', `repository:${this.#repository.name}:pull,push`);
    const service = parameters.get('service');
    if (service !== undefined) url.searchParams.set('service', service);
    const response = await fetch(url, { headers: basic ? { authorization: basic } : {} });
    if (!response.ok) {
      throw await asFailure(response, `GET request to ${url.origin}${url.pathname}`);
    }
    const body = (await response.json()) as { token?: string; access_token?: string };
    return `Bearer ${body.token ?? body.access_token}`;
  }
}

const asFailure = async (response: Response, request: string): Promise<RegistryError> => {
  const said = messageIn(await response.text());
  const status = `${response.status} ${response.statusText}`.trim();
  return new RegistryError(
    response.status,
    `unexpected status from ${request}: ${status}${said === '' ? '' : `: ${said}`}`
  );
};

/** Registries explain themselves as `{"errors":[{"code","message"}]}`. */
const messageIn = (body: string): string => {
  try {
    const { errors = [] } = JSON.parse(body) as { errors?: { message?: string; code?: string }[] };
    return errors.map(({ message, code }) => message || code).join('; ');
  } catch {
    // No explanation in the form of the specification: the status has to do.
    return '';
  }
};

/** fetch says only "fetch failed"; the reason is in its cause. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message || String(cause) : message;
};
