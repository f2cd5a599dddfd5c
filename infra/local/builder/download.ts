import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface DownloadOptions {
  readonly tries: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly note: (line: string) => void;
  /** In ms; doubled each time. */
  readonly firstPause?: number;
}

/** `status` is the server's answer, undefined when there was none. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly status: number | undefined;
  readonly isFinal: boolean;

  constructor(message: string, status: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.isFinal = status !== undefined && status < 500 && status !== 429 && status !== 408;
  }
}

/**
 * Streams a URL into what `open` gives, which is not called before the server has content. A connection
 * that breaks is taken up where it ended, so that a reader of the stream notices nothing. Throws
 * `DownloadError`.
 */
export const download = async (
  url: string,
  open: () => Writable,
  { tries, headers, note, firstPause = 500 }: DownloadOptions
): Promise<void> => {
  const transfer = new Transfer(url, headers, open);
  for (let attempt = 1; attempt < tries; attempt += 1) {
    try {
      return await transfer.attempt();
    } catch (error) {
      if (!(error instanceof DownloadError) || error.isFinal) throw error;
      note(`${error.message}; trying again`);
      await delay(firstPause * 2 ** (attempt - 1));
    }
  }
  await transfer.attempt();
};

class Transfer {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #open: () => Writable;
  #target: Writable | undefined;
  #received: number = 0;
  #version: string | undefined;

  constructor(url: string, headers: Readonly<Record<string, string>>, open: () => Writable) {
    this.#url = url;
    this.#headers = headers;
    this.#open = open;
  }

  async attempt(): Promise<void> {
    const response = await this.#request();
    const skip = response.status === 206 ? 0 : this.#received;
    this.#requireSameVersion(response);
    this.#target ??= this.#open();
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
    await this.#write(body, skip);
    await this.#close();
  }

  async #request(): Promise<Response> {
    const range = this.#received > 0 ? { range: `bytes=${this.#received}-` } : {};
    let response: Response;
    try {
      response = await fetch(this.#url, { headers: { ...this.#headers, ...range } });
    } catch (error) {
      throw new DownloadError(
        `can't connect to ${hostOf(this.#url)}: ${reasonOf(error)}`,
        undefined,
        {
          cause: error,
        }
      );
    }
    if (!response.ok) {
      await response.body?.cancel();
      const status = `${response.status} ${response.statusText}`.trim();
      throw new DownloadError(`server returned error: HTTP/1.1 ${status}`, response.status);
    }
    return response;
  }

  /** Two halves of different files would make a third. */
  #requireSameVersion(response: Response): void {
    const version = response.headers.get('etag') ?? undefined;
    if (this.#received > 0 && version !== this.#version) {
      throw new DownloadError('the file changed while it was downloaded', 412);
    }
    this.#version = version;
  }

  async #write(body: Readable, skip: number): Promise<void> {
    let left = skip;
    const counting = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        const fresh = chunk.subarray(Math.min(left, chunk.length));
        left -= chunk.length - fresh.length;
        this.#received += fresh.length;
        done(null, fresh);
      },
    });
    const target = this.#target;
    if (target === undefined) return;
    try {
      await pipeline(body, counting, target, { end: false });
    } catch (error) {
      if (target.errored || target.destroyed) throw error;
      throw new DownloadError(`connection broke: ${reasonOf(error)}`, undefined, { cause: error });
    }
  }

  async #close(): Promise<void> {
    const target = this.#target;
    if (target === undefined || target === process.stdout) return;
    await new Promise<void>((resolve, reject) => {
      target.once('error', reject);
      target.end(resolve);
    });
  }
}

const hostOf = (url: string): string => new URL(url).host;

/** fetch says only "fetch failed" or "terminated"; the reason is in its cause. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? message;
};
