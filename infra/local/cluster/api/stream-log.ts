import type { ServerResponse } from 'node:http';
import type { ApiContext } from './api-context.ts';
import type { ApiRequest } from './request.ts';
import { logContainer, logOptions } from './verbs/log.ts';

/** Sends the text as it comes; the node's refusal of the first chunk is still a proper Status. */
export const streamLog = async (
  { store, podLogs }: ApiContext,
  request: ApiRequest,
  response: ServerResponse
): Promise<void> => {
  const container = logContainer({ store, request, warnings: [] });
  const chunks = podLogs.read(container, logOptions(request))[Symbol.asyncIterator]();
  response.on('close', () => void chunks.return?.());
  let chunk = await chunks.next();
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  while (chunk.done !== true && !response.destroyed) {
    response.write(chunk.value);
    chunk = await chunks.next();
  }
  response.end();
};
