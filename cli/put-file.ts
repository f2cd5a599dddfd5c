import { createReadStream, statSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';

export interface PutAnswer {
  readonly status: number;
  readonly text: string;
}

interface Put {
  readonly url: string;
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends a file as the body of one PUT. fetch would read all of it into memory while a slow line takes
 * its time, and a store wants to know the length before the first byte.
 */
export const putFile = async (
  { url, file, headers }: Put,
  signal: AbortSignal
): Promise<PutAnswer> => {
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const outgoing = send(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': statSync(file).size },
    signal,
  });
  const answer = new Promise<PutAnswer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      read(incoming).then(resolve, reject);
    });
  });
  // A store that refuses may answer before it has read everything: only its answer counts.
  pipeline(createReadStream(file), outgoing).catch(() => undefined);
  return answer.finally(() => outgoing.destroy());
};

const read = async (incoming: IncomingMessage): Promise<PutAnswer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return { status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
};
