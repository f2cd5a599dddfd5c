import type { ServerResponse } from 'node:http';
import type { ApiContext } from './api-context.ts';
import type { ApiRequest } from './request.ts';
import { toTable, wantsTable } from './tables/table.ts';
import { type WatchEvent, watch } from './verbs/watch.ts';

/** As long as the API server's own watches go at most. */
const longestWatchSeconds = 3600;

const printable = (request: ApiRequest, event: WatchEvent): WatchEvent => {
  if (event.type === 'ERROR' || !wantsTable(request.headers)) {
    return event;
  }
  const { metadata } = event.object;
  const shown = event.type === 'BOOKMARK' ? { metadata, items: [] } : event.object;
  return { ...event, object: toTable(request, shown) };
};

/** Answers a watch: one JSON event a line, until its time is up or the client goes. */
export const streamWatch = async (
  { store, watches, bookmarkMs }: ApiContext,
  request: ApiRequest,
  response: ServerResponse
): Promise<void> => {
  const controller = new AbortController();
  watches.add(controller);
  response.on('close', () => controller.abort());
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const seconds = Number(request.query.get('timeoutSeconds') ?? longestWatchSeconds);
  await watch(store, request, {
    send: (event) => response.write(`${JSON.stringify(printable(request, event))}\n`),
    end: () => response.end(),
    signal: controller.signal,
    times: { bookmarkMs, timeoutMs: seconds * 1000 },
  });
  watches.delete(controller);
};
