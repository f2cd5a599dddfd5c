import {
  type ClusterAnswer,
  ClusterError,
  ClusterUnreachableError,
} from '#core/kubernetes/cluster-error.ts';

export interface ClusterRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** What both kinds of fetch answer with. */
interface Answer {
  readonly status: number;
  readonly statusText: string;
  text(): Promise<string>;
}

const retriesLater = new Set([429, 500, 502, 503, 504]);

export const noAnswer = (server: string, cause: unknown): ClusterUnreachableError =>
  new ClusterUnreachableError(`the cluster at ${server} does not answer: ${reasonOf(cause)}`, {
    hint: silenceHint(codeOf(cause)),
    cause,
  });

const silenceHint = (code: string): string => {
  if (/CERT|SIGNATURE|ISSUER|ALTNAME/.test(code)) {
    return "the server's certificate is not the one that certificate-authority-data in the rack's kubeconfig vouches for";
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return "check the server's name in the rack's kubeconfig";
  }
  return 'check that the rack can reach that address; a promotion goes on by itself once it answers';
};

/** fetch's error has that of the connection as its cause. */
const codeOf = (error: unknown): string => {
  const { code, cause } = Object(error) as { code?: unknown; cause?: { code?: unknown } };
  return String(cause?.code ?? code ?? '');
};

export const address = (server: string, { path, query = {} }: ClusterRequest): URL => {
  const url = new URL(server.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
};

/** fetch itself says only that it failed; the reason stands in its cause. */
export const reasonOf = (error: unknown): string => {
  const { message, cause } = Object(error) as { message?: string; cause?: { message?: string } };
  return cause?.message || message || String(error);
};

/** The error that an answer other than 2xx stands for. */
export const refusal = async (response: Answer, request: ClusterRequest): Promise<Error> => {
  const text = await response.text().catch(() => '');
  const {
    reason = response.statusText,
    message = text || response.statusText,
    details,
  } = statusOf(text);
  if (retriesLater.has(response.status)) {
    return new ClusterUnreachableError(`the cluster answered ${response.status}: ${message}`);
  }
  return new ClusterError(
    response.status,
    { reason, message, details },
    { hint: hintFor(response.status, request) }
  );
};

/** Whatever stands between us and the API server may answer in its own words. */
const statusOf = (text: string): Partial<ClusterAnswer> => {
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
