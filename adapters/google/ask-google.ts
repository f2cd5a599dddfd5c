import { UnavailableError } from '#core/errors.ts';
import { googleError } from './google-error.ts';

/** Where Google answers; no slash at the end. */
export interface GoogleEndpoints {
  readonly sts: string;
  readonly iam: string;
  readonly iamCredentials: string;
  readonly artifactRegistry: string;
  /** Where images of a location are pushed to. */
  readonly registry: string;
}

export const googleEndpoints = (location: string): GoogleEndpoints => ({
  sts: 'https://sts.googleapis.com',
  iam: 'https://iam.googleapis.com',
  iamCredentials: 'https://iamcredentials.googleapis.com',
  artifactRegistry: 'https://artifactregistry.googleapis.com',
  registry: `https://${location}-docker.pkg.dev`,
});

/** Waits some milliseconds. */
export type Sleep = (milliseconds: number) => Promise<unknown>;

export interface GoogleRequest {
  readonly url: string;
  /** What it is for, to follow "google does not". */
  readonly doing: string;
  /** GET, or POST where there is a body, if left out. */
  readonly method?: 'DELETE';
  /** Sent as JSON, or as a form. */
  readonly body?: object | URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One answer takes no longer, and a passing fault is tried again after so long; milliseconds. */
const patience = 8_000;
const pauses = [250, 1000];

/** Statuses that pass: too many requests, and trouble on Google's side. */
const passing = new Set([429, 500, 502, 503, 504]);

/**
 * The JSON of one answer. What fails for a moment is tried again: every request that rackless makes
 * may be made twice.
 * @throws GoogleError for a no, UnavailableError when there is no answer.
 */
export const askGoogle = async (request: GoogleRequest, sleep: Sleep): Promise<unknown> => {
  for (const pause of pauses) {
    const response = await send(request).catch(() => undefined);
    if (response && !passing.has(response.status)) return read(response, request);
    await sleep(pause);
  }
  const response = await send(request).catch((cause: unknown) => {
    const host = new URL(request.url).host;
    throw new UnavailableError(`no answer from ${host}: ${reasonOf(cause)}`, {
      hint: 'check that functions of the rack can reach the internet',
      cause,
    });
  });
  return read(response, request);
};

const send = ({ url, method, body, headers }: GoogleRequest): Promise<Response> =>
  fetch(url, {
    signal: AbortSignal.timeout(patience),
    ...(body === undefined
      ? { ...(method && { method }), headers: { ...headers } }
      : body instanceof URLSearchParams
        ? { method: 'POST', headers: { ...headers }, body }
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify(body),
          }),
  });

const read = async (response: Response, { doing }: GoogleRequest): Promise<unknown> => {
  const text = await response.text();
  if (!response.ok) throw googleError(response.status, text, doing);
  return text ? JSON.parse(text) : {};
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
