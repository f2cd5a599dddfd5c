import { CliError, InterruptedError, reasonOf } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Put } from '../put-content.ts';

/** With the pauses between them, about half a minute. */
const tries = 8;
const firstPause = 500;
const longestPause = 10_000;

interface ChunkPut {
  readonly content: Put['content'];
  /** For the next try. The one before it may have been too old. */
  readonly address: (isOld: boolean) => Promise<Address>;
  /** Bytes that have gone out since it was called last; negative when they count no longer. */
  readonly onSent: (bytes: number) => void;
}

interface Address {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

class AddressExpired extends Error {}

/** Sends content by a presigned PUT, until the store has it. @throws CliError when it never does. */
export const putChunk = async (host: Host, put: ChunkPut): Promise<void> => {
  let problem: unknown;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) await host.clock.sleep(pauseBefore(attempt));
    try {
      return await putOnce(host, put, problem instanceof AddressExpired);
    } catch (error) {
      problem = passing(host, error);
    }
  }
  throw failed(`${reasonOf(problem)} (tried ${tries} times)`, problem);
};

const pauseBefore = (attempt: number): number =>
  Math.min(firstPause * 2 ** (attempt - 2), longestPause) * (0.5 + Math.random());

/** The error, if it is worth another try. */
const passing = ({ signal }: Host, error: unknown): unknown => {
  if (signal.aborted) throw new InterruptedError('interrupted', { cause: error });
  if (error instanceof CliError) throw error;
  return error;
};

/** Throws a CliError when the store said no, and anything else when it is worth another try. */
const putOnce = async (
  host: Host,
  { content, address, onSent }: ChunkPut,
  isOld: boolean
): Promise<void> => {
  const { url, headers } = await address(isOld);
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
const ofTheLine =
  /^(RequestTimeout|BadDigest|XAmzContent(Checksum|SHA256)Mismatch|IncompleteBody)$/;
/** A computer that slept, or credentials that ended before the address did. */
const tooOld = /<Message>Request has expired|<Code>ExpiredToken</;

const accepted = async (answer: ReturnType<Host['put']>): Promise<void> => {
  const { status, text } = await answer;
  if (status >= 200 && status < 300) return;
  const code = codeIn(text);
  const said = `with status ${status}${code && `, ${code}`}`;
  if (tooOld.test(text)) throw new AddressExpired(`the store refused its address ${said}`);
  if (status >= 500 || status === 429 || ofTheLine.test(code)) {
    throw new Error(`the store answered ${said}`);
  }
  throw failed(`the store refused it ${said}`);
};

/** S3 answers in XML; its error code is all that helps here. */
const codeIn = (answer: string): string => /<Code>([^<]{1,100})<\/Code>/.exec(answer)?.[1] ?? '';

export const goOn = 'run the command again: what has arrived is not sent again';

export const failed = (why: string, cause?: unknown): CliError =>
  new CliError('UploadFailed', `upload failed: ${why}`, { hint: goOn, cause });
