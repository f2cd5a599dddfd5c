import { CliError, InterruptedError, reasonOf } from '../errors.ts';
import type { Host } from '../host.ts';

/** Without a byte in between. */
const tries = 5;
const firstPause = 500;

interface Remote {
  readonly url: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * The content of an address. A connection that breaks is taken up where it broke.
 * @throws CliError when it can't be had in whole.
 */
export async function* download(
  host: Pick<Host, 'fetch' | 'signal' | 'clock'>,
  remote: Remote,
  onProgress: (bytes: number) => void
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let failures = 0;
  while (at < remote.size) {
    try {
      for await (const part of parts(host, remote, at)) {
        at += part.length;
        failures = 0;
        onProgress(at);
        yield part;
      }
      if (at < remote.size) throw new Error('the store closed the connection');
    } catch (cause) {
      failures += 1;
      throwIfFinal(host, cause, failures);
      await host.clock.sleep(firstPause * 2 ** failures);
    }
  }
}

async function* parts(
  { fetch, signal }: Pick<Host, 'fetch' | 'signal'>,
  { url }: Remote,
  at: number
): AsyncGenerator<Uint8Array> {
  const headers = at > 0 ? { range: `bytes=${at}-` } : {};
  const response = await fetch(url, { headers, signal });
  if (response.status === (at > 0 ? 206 : 200)) {
    yield* response.body ?? [];
    return;
  }
  await response.body?.cancel();
  const why = `the store answered with status ${response.status}`;
  throw response.status >= 500 ? new Error(why) : failed(why);
}

const throwIfFinal = ({ signal }: Pick<Host, 'signal'>, cause: unknown, failures: number): void => {
  if (signal.aborted) throw new InterruptedError('interrupted', { cause });
  if (cause instanceof CliError) throw cause;
  if (failures >= tries) throw failed(reasonOf(cause), cause);
};

const failed = (why: string, cause?: unknown): CliError =>
  new CliError('DownloadFailed', `download failed: ${why}`, {
    hint: 'run the command again: the rack keeps the archive for a day',
    cause,
  });
