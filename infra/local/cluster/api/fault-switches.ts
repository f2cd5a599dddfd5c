import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ApiContext } from './api-context.ts';
import { parseFaults } from './faults.ts';
import { parseObjectBody } from './parse-body.ts';
import { sendJson } from './respond.ts';
import { methodNotAllowed } from './verbs/write.ts';

const readSwitches = async (incoming: IncomingMessage) =>
  parseFaults(parseObjectBody({ headers: incoming.headers, body: await text(incoming) }));

const switchOn = async (context: ApiContext, incoming: IncomingMessage): Promise<void> => {
  const { faults, dropWatches, expireHistory } = await readSwitches(incoming);
  context.faults.replace(faults);
  if (expireHistory === true) {
    context.store.history.forgetUpTo(context.store.resourceVersion);
  }
  if (dropWatches === true) {
    for (const watch of context.watches) {
      watch.abort();
    }
  }
};

/** GET, PUT and DELETE of `/_faults`; see the README. */
export const answerFaults = async (
  context: ApiContext,
  incoming: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  switch (incoming.method) {
    case 'GET':
      break;
    case 'PUT':
      await switchOn(context, incoming);
      break;
    case 'DELETE':
      context.faults.replace([]);
      break;
    default:
      throw methodNotAllowed();
  }
  sendJson(response, 200, { faults: context.faults.all });
};
