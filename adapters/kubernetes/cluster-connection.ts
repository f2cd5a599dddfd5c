import { type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { DomainError } from '#core/errors.ts';
import { ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import { address, type ClusterRequest, noAnswer, reasonOf, refusal } from './cluster-answers.ts';
import type { Credentials } from './credentials.ts';

/** No answer but a watch takes longer; milliseconds. */
const readLimit = 30_000;

/** Why credentials may not do any more: the server does not know them, or nobody answers. */
export type Distrust = 'refused' | 'silent';

/** Sends requests to one API server: credentials on, errors translated. Keeps connections open. */
export class ClusterConnection {
  readonly #credentials: () => Promise<Credentials>;

  readonly #forget: (why: Distrust) => void;

  /** `forget` is called when the credentials may not do any more. */
  constructor(
    credentials: () => Promise<Credentials>,
    forget: (why: Distrust) => void = () => undefined
  ) {
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
      if (!request.signal?.aborted) this.#forget('silent');
      throw noAnswer(server, cause);
    });
    if (response.ok) return response;
    if (response.status === 401) this.#forget('refused');
    throw await refusal(response, request);
  }
}

const noCredentials = (cause: unknown): never => {
  if (cause instanceof DomainError) throw cause;
  throw new ClusterUnreachableError(`no credentials for the cluster: ${reasonOf(cause)}`, {
    hint: "check the secret with the rack's kubeconfig, and who may read it",
    cause,
  });
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
