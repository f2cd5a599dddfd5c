import { UnavailableError } from '#core/errors.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when it is not JSON. */
  readonly body: unknown;
}

/** Milliseconds; Azure's own front ends give up later. */
const patience = 15_000;

/**
 * One request and its whole answer, whatever its status.
 *
 * @throws UnavailableError when there is none.
 */
export const ask = async (url: string, init: RequestInit): Promise<Answer> => {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  } catch (cause) {
    throw new UnavailableError(`no answer from ${new URL(url).host}: ${reasonOf(cause)}`, {
      hint: 'check that the name is right and that functions may reach it; then try again',
      cause,
    });
  }
};

/** A form, as OAuth wants its requests. */
export const form = (fields: Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What fetch says itself is always the same: "fetch failed". */
const reasonOf = (error: unknown): string => {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error as Error).message;
};
