import { CliError, InterruptedError } from '../errors.ts';
import type { Host } from '../host.ts';

const tries = 5;
const firstPause = 500;

interface ChunkPut {
  readonly content: Uint8Array;
  /** A fresh address, each time that one is needed. */
  readonly address: () => Promise<Address>;
  /** Bytes that have gone out since it was called last; negative when they count no longer. */
  readonly onSent: (bytes: number) => void;
}

interface Address {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends content by a presigned PUT, until the store has it. @throws CliError when it never does. */
export const putChunk = async (host: Host, put: ChunkPut): Promise<void> => {
  for (let attempt = 1; attempt < tries; attempt += 1) {
    if (await succeeds(host, putOnce(host, put))) return;
    await host.clock.sleep(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
  await putOnce(host, put).catch((cause: unknown) => {
    throw asFailure(cause);
  });
};

/** False when it is worth another try. */
const succeeds = async ({ signal }: Host, attempt: Promise<void>): Promise<boolean> => {
  try {
    await attempt;
    return true;
  } catch (cause) {
    if (signal.aborted) throw new InterruptedError('interrupted', { cause });
    if (cause instanceof CliError) throw cause;
    return false;
  }
};

/** Throws a CliError when the store said no, and anything else when it is worth another try. */
const putOnce = async (host: Host, { content, address, onSent }: ChunkPut): Promise<void> => {
  const { url, headers } = await address();
  let sent = 0;
  const count = (bytes: number): void => {
    sent += bytes;
    onSent(bytes);
  };
  try {
    await accepted(host.put({ url, content, headers, onSent: count }));
    onSent(content.length - sent);
  } catch (error) {
    onSent(-sent);
    throw error;
  }
};

/** Errors of S3 with status 400 that are the line's fault. */
const passing = /^(RequestTimeout|BadDigest|XAmzContent(Checksum|SHA256)Mismatch|IncompleteBody)$/;

const accepted = async (answer: ReturnType<Host['put']>): Promise<void> => {
  const { status, text } = await answer;
  if (status >= 200 && status < 300) return;
  const code = codeIn(text);
  if (status >= 500 || status === 429 || passing.test(code)) {
    throw new Error(`the store answered with status ${status}${code && `, ${code}`}`);
  }
  throw failed(`the store refused it with status ${status}${code && `, ${code}`}`);
};

/** S3 answers in XML; its error code is all that helps here. */
const codeIn = (answer: string): string => /<Code>([^<]{1,100})<\/Code>/.exec(answer)?.[1] ?? '';

const asFailure = (error: unknown): CliError => {
  if (error instanceof CliError) return error;
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return failed(inner instanceof Error ? inner.message : String(inner), error);
};

export const failed = (why: string, cause?: unknown): CliError =>
  new CliError('UploadFailed', `upload failed: ${why}`, {
    hint: 'run the command again: what has arrived is not sent again',
    cause,
  });
