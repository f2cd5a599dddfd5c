/**
 * What an HTTP API on AWS does not let through, from the quotas of Amazon API Gateway and AWS Lambda
 * (developer guides, "Quotas for configuring and running an HTTP API", "Lambda quotas"). The emulator
 * lets it pass, so the front door must not.
 */
export const limits = {
  /** Bytes of the request line and all header lines together. */
  headerBytes: 10_240,
  requestBytes: 10 * 1024 * 1024,
  /** Bytes of the JSON that a function is called with or answers: 6 MB and a little. */
  functionBytes: 6_291_556,
  integrationMilliseconds: 30_000,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };

/** An answer of the gateway itself: no function has seen the request, or its answer was dropped. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export const refusals = {
  headers: { status: 431, message: 'Request Header Fields Too Large' },
  body: { status: 413, message: 'Request Entity Too Large' },
  timeout: { status: 503, message: 'Service Unavailable' },
  answer: { status: 500, message: 'Internal Server Error' },
} as const satisfies Record<string, Refusal>;

/** Bytes on the wire of the request line and the header lines. */
export const headerBytes = (
  requestLine: readonly string[],
  rawHeaders: readonly string[]
): number => {
  const line = requestLine.join(' ').length + ' HTTP/1.1\r\n'.length;
  // Each name is followed by ": ", each value by a line end.
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, line);
};

const textTypes =
  /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b|application\/x-www-form-urlencoded\b)/i;

/**
 * Bytes that a body takes in the JSON between gateway and function: other than text it is base64.
 * (Forms are text by their type, but an HTTP API encodes them as well.)
 */
export const bytesInEvent = (contentType: string | undefined, bytes: number): number => {
  const isText = textTypes.test(contentType ?? '') && !/form/i.test(contentType ?? '');
  return isText ? bytes : Math.ceil(bytes / 3) * 4;
};
