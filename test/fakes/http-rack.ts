import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach } from '@jest/globals';
import { aBuild, anEvent } from '../unit/cli/records.ts';
import { type Script, scriptedRack } from './scripted-rack.ts';

interface Part {
  readonly sha256: string;
  readonly size: number;
}

/** What the store does with one PUT: an answer of its own, or nothing to have it stored. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

const open = new Set<() => void>();
afterEach(() => {
  for (const close of open) close();
  open.clear();
});

/**
 * A rack and its store on a port of this machine, for the CLI in a process of its own: takes sources,
 * and every build succeeds.
 */
export const httpRack = async (
  given: { readonly script?: Script; readonly fault?: Fault } = {}
) => {
  const chunks = new Map<string, Buffer>();
  const puts: string[] = [];
  let list: readonly Part[] = [];
  const rack = scriptedRack({
    createBuild: aBuild({ status: 'created', release: '' }),
    listBuildEvents: { events: [anEvent(1, 'built')], done: true },
    getBuild: aBuild(),
    storeSource: (request: object) => {
      list = (request as { chunks: Part[] }).chunks;
      const missing = new Set(list.map((it) => it.sha256).filter((it) => !chunks.has(it)));
      return { object: `object://shop/sources/${'5'.repeat(64)}`, missing: [...missing] };
    },
    createChunkUploads: (request: object) => ({
      uploads: (request as { chunks: (Part & { packed: Part })[] }).chunks.map((it) => ({
        sha256: it.sha256,
        url: `${origin()}/store/${it.sha256}?signature=${puts.length}`,
        headers: { 'content-length': String(it.packed.size) },
      })),
    }),
    ...given.script,
  });
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    if (!path.startsWith('/store/')) return answerCall(rack, request, response);
    puts.push(path.slice(7));
    if (given.fault?.(request, response)) return;
    const content = await buffer(request).catch(() => undefined);
    if (content?.length === Number(request.headers['content-length'])) {
      chunks.set(path.slice(7), gunzipSync(content));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  open.add(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: origin().replace('//', '//convox:secret@'),
    requests: rack.requests,
    mistakes: rack.mistakes,
    /** Hashes of the chunks in the order in which their PUTs began. */
    puts,
    chunks,
    parts: () => list,
    /** The archive that the last source makes. */
    archive: () => Buffer.concat(list.map((it) => chunks.get(it.sha256) ?? Buffer.alloc(0))),
  };
};

const answerCall = async (
  rack: ReturnType<typeof scriptedRack>,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const { method = 'GET', headers, url = '' } = request;
  const body = method === 'GET' ? undefined : await buffer(request);
  try {
    const answer = await rack.fetch(`http://rack.test${url}`, {
      method,
      headers: headers as Record<string, string>,
      ...(body?.length && { body }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  } catch {
    response.destroy();
  }
};
