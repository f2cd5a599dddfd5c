import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Put {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
  /** Gets the bytes that have gone out since it was called last. */
  readonly onSent: (bytes: number) => void;
}

export interface PutAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends content as the body of one PUT. Unlike fetch it tells how much is on the line, and a store wants
 * to know the length before the first byte.
 */
export const putContent = async (
  { url, content, headers, onSent }: Put,
  signal: AbortSignal
): Promise<PutAnswer> => {
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const outgoing = send(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': content.length },
    signal,
  });
  const answer = new Promise<PutAnswer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      read(incoming).then(resolve, reject);
    });
  });
  outgoing.setTimeout(silence, () => outgoing.destroy(new Error('the store is silent')));
  // A store that refuses may answer before it has read everything: only its answer counts.
  pipeline(Readable.from(slices(content, onSent)), outgoing).catch(() => undefined);
  return answer.finally(() => outgoing.destroy());
};

/** Milliseconds without a byte in either direction. */
const silence = 60_000;

const slice = 64 * 1024;

function* slices(content: Uint8Array, onSent: (bytes: number) => void): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += slice) {
    const part = content.subarray(at, at + slice);
    yield part;
    onSent(part.length);
  }
}

const read = async (incoming: IncomingMessage): Promise<PutAnswer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return { status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
};
