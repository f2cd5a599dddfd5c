import process from 'node:process';
import { parseArgs } from 'node:util';
import { createFrontDoor } from './front-door.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    upstream: { type: 'string' },
    host: { type: 'string' },
  },
});

const port = Number(values.port);
const server = createFrontDoor({
  upstreamPort: Number(values.upstream),
  apiHost: values.host ?? '',
});

server.once('error', (error) => {
  console.error(`the front door cannot listen on 127.0.0.1:${port}: ${error.message}`);
  process.exitCode = 1;
});
server.listen(port, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${port} -> http://127.0.0.1:${values.upstream} (${values.host})`);
});

/** Requests under way are ended: their functions are about to be stopped as well. */
const stop = (): void => {
  server.close();
  server.closeAllConnections();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
