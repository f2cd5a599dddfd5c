import { type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { DomainError } from '#core/errors.ts';
import { ClusterError, ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import type { Credentials } from './credentials.ts';

export interface ClusterRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** No answer but a watch takes longer; milliseconds. */
const readLimit = 30_000;

const retriesLater = new Set([429, 500, 502, 503, 504]);

/** Sends requests to one API server: credentials on, errors translated. Keeps connections open. */
export class ClusterConnection {
  readonly #credentials: () => Promise<Credentials>;

  readonly #forget: () => void;

  /** `forget` is called when the credentials don't do any more. */
  constructor(credentials: () => Promise<Credentials>, forget: () => void = () => undefined) {
    this.#credentials = credentials;
    this.#forget = forget;
  }

  /** The whole text of an answer. One that breaks off or hangs is none. */
  async read(request: ClusterRequest): Promise<string> {
    const response = await this.send({ ...request, signal: AbortSignal.timeout(readLimit) });
    return response.text().catch((cause: unknown) => {
      throw noAnswer(response.url, cause);
    });
  }

  /** @throws ClusterError for the server's no, ClusterUnreachableError when there is no answer. */
  async send(request: ClusterRequest): Promise<Response> {
    const { server, headers, dispatcher } = await this.#credentials().catch(noCredentials);
    const response = await fetch(
      address(server, request),
      init(request, headers, dispatcher)
    ).catch((cause: unknown) => {
      throw noAnswer(server, cause);
    });
    if (response.ok) return response;
    if (response.status === 401) this.#forget();
    throw await refusal(response, request);
  }
}

const noAnswer = (server: string, cause: unknown): ClusterUnreachableError =>
  new ClusterUnreachableError(`the cluster at ${server} does not answer: ${reasonOf(cause)}`, {
    hint: 'the promotion goes on by itself once the cluster answers again',
    cause,
  });

const noCredentials = (cause: unknown): never => {
  if (cause instanceof DomainError) throw cause;
  throw new ClusterUnreachableError(`no credentials for the cluster: ${reasonOf(cause)}`, {
    hint: "check the secret with the rack's kubeconfig, and who may read it",
    cause,
  });
};

const address = (server: string, { path, query = {} }: ClusterRequest): URL => {
  const url = new URL(server.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
};

const init = (
  { method = 'GET', body, contentType = 'application/json', signal }: ClusterRequest,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher | undefined
): RequestInit => ({
  method,
  headers: {
    accept: 'application/json',
    ...headers,
    ...(body !== undefined && { 'content-type': contentType }),
  },
  ...(body !== undefined && { body: JSON.stringify(body) }),
  ...(dispatcher && { dispatcher }),
  ...(signal && { signal }),
});

/** fetch itself says only that it failed; the reason stands in its cause. */
const reasonOf = (error: unknown): string => {
  const { message, cause } = Object(error) as { message?: string; cause?: { message?: string } };
  return cause?.message || message || String(error);
};

const refusal = async (response: Response, request: ClusterRequest): Promise<Error> => {
  const text = await response.text().catch(() => '');
  const { reason = response.statusText, message = text || response.statusText } = statusOf(text);
  if (retriesLater.has(response.status)) {
    return new ClusterUnreachableError(`the cluster answered ${response.status}: ${message}`);
  }
  return new ClusterError(
    response.status,
    { reason, message },
    { hint: hintFor(response.status, request) }
  );
};

/** Whatever stands between us and the API server may answer in its own words. */
const statusOf = (text: string): { reason?: string; message?: string } => {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
};

const hintFor = (status: number, { method = 'GET', path }: ClusterRequest): string => {
  if (status === 401) return "the rack's kubeconfig is wrong or has expired: replace its secret";
  if (status === 403) return `the rack's identity may not ${method} ${path}: see infra/cluster`;
  return `the cluster refused ${method} ${path}`;
};
