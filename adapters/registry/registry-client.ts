import { type Challenge, parseChallenge } from './challenge.ts';
import { answerFailure, networkFailure, RegistryFailure } from './registry-failure.ts';

export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
}

export interface RegistryTarget {
  /** `HOST[:PORT]` as image names have it. */
  readonly host: string;
  /** Nobody, if left out. */
  readonly account?: RegistryAccount | undefined;
  /** Speaks plain HTTP. */
  readonly isInsecure?: boolean;
}

export interface RegistryRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v2/…`, or a whole address that the registry gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream goes out once: the request has to follow another one that has logged in. */
  readonly body?: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array>;
  /** For the whole of it, in milliseconds; what is large takes longer than what somebody waits for. */
  readonly patience?: number;
  /** Statuses that are answers; the others are thrown. 401 is one of the others. */
  readonly statuses?: readonly number[];
}

/** Somebody waits for each answer; the function has 29 seconds for all of them. */
const usualPatience = 5_000;

/** Docker Hub's images are named after one host and answer at another. */
const answersAt = (host: string): string =>
  host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;

/**
 * One registry of the OCI distribution specification, for one account: logs in as the registry asks,
 * with Basic or with a token of its token endpoint.
 */
export class RegistryClient {
  readonly #target: RegistryTarget;
  readonly #origin: string;
  #authorization: string | undefined;

  constructor(target: RegistryTarget) {
    this.#target = target;
    this.#origin = `${target.isInsecure ? 'http' : 'https'}://${answersAt(target.host)}`;
  }

  /** @throws RegistryFailure */
  async send(request: RegistryRequest): Promise<Response> {
    const first = await this.#fetch(request);
    const challenge = first.status === 401 && parseChallenge(first.headers.get('www-authenticate'));
    if (!challenge) return this.#answer(first, request);
    await first.body?.cancel();
    if (request.body instanceof ReadableStream) {
      throw new RegistryFailure('failed', 'the login ended just before an upload');
    }
    this.#authorization = await this.#authorize(challenge);
    if (!this.#authorization) throw new RegistryFailure('unauthenticated', 'a login is needed');
    const second = await this.#fetch(request);
    if (second.status === 401 && challenge.scheme === 'bearer') throw await lacksScope(second);
    return this.#answer(second, request);
  }

  /**
   * How the registry wants to be told who is asking; undefined when it lets anybody in.
   * @throws RegistryFailure, also when what answers is something else.
   */
  async ping(): Promise<Challenge | undefined> {
    const response = await this.#fetch({ path: '/v2/' });
    await response.body?.cancel();
    const challenge = parseChallenge(response.headers.get('www-authenticate'));
    if (response.status === 401 && challenge) return challenge;
    const isPage = /html/.test(response.headers.get('content-type') ?? '');
    if (response.status === 200 && !isPage) return undefined;
    const trouble = response.status >= 500 ? 'failed' : 'not-a-registry';
    throw new RegistryFailure(trouble, `status ${response.status} of ${this.#origin}/v2/`);
  }

  async #answer(response: Response, { statuses = [200] }: RegistryRequest): Promise<Response> {
    if (statuses.includes(response.status)) return response;
    throw await answerFailure(response);
  }

  /** The login goes to the registry only: an upload's address may be that of another host. */
  async #fetch(it: RegistryRequest): Promise<Response> {
    const { method = 'GET', path, headers, body, patience = usualPatience } = it;
    const url = new URL(path, this.#origin);
    const authorization = url.origin === this.#origin ? this.#authorization : undefined;
    return request(url, {
      method,
      headers: { ...headers, ...(authorization && { authorization }) },
      ...(body !== undefined && { body, duplex: 'half' }),
      signal: AbortSignal.timeout(patience),
    });
  }

  async #authorize(challenge: Challenge): Promise<string | undefined> {
    const { account } = this.#target;
    if (challenge.scheme === 'basic') return account && basic(account);
    const token = await this.#token(challenge);
    return token && `Bearer ${token}`;
  }

  /** The token endpoint of the distribution specification, asked as `docker login` asks it. */
  async #token(challenge: Challenge): Promise<string | undefined> {
    const { account } = this.#target;
    const response = await request(tokenAddress(challenge, this.#target), {
      headers: account ? { authorization: basic(account) } : {},
      signal: AbortSignal.timeout(usualPatience),
    });
    if (!response.ok) throw await answerFailure(response);
    const answer = (await response.json()) as { token?: string; access_token?: string };
    return answer.token ?? answer.access_token;
  }
}

/** A password goes over the wire only where the registry's own traffic does: by TLS, or plain by setting. */
const tokenAddress = (
  { realm, service, scope }: Challenge,
  { account, isInsecure }: RegistryTarget
): URL => {
  const url = URL.parse(realm);
  if (!url || (url.protocol !== 'https:' && !isInsecure)) {
    throw new RegistryFailure('tls', `the registry gives tokens at ${realm}, which is not https`);
  }
  if (service) url.searchParams.set('service', service);
  for (const one of scope.split(' ').filter(Boolean)) url.searchParams.append('scope', one);
  if (account) url.searchParams.set('account', account.username);
  return url;
};

/** Who asks was known to the token endpoint; what the token is good for is less than was asked for. */
const lacksScope = async (response: Response): Promise<RegistryFailure> =>
  new RegistryFailure('denied', (await answerFailure(response)).message);

const basic = ({ username, password }: RegistryAccount): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const request = async (url: URL, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw networkFailure(error, url.host);
  }
};
