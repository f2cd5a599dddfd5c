import process from 'node:process';
import { parseArgs } from 'node:util';
import { createRelay } from './relay.ts';

const { values } = parseArgs({
  options: { address: { type: 'string' }, port: { type: 'string' } },
});
const { address = '' } = values;
const port = Number(values.port);
const server = createRelay({ upstreamPort: port });

server.once('error', (error) => {
  console.error(`cannot listen on ${address}:${port}: ${error.message}`);
  process.exitCode = 1;
});
server.listen(port, address, () => {
  console.log(`${address}:${port} -> 127.0.0.1:${port}`);
});

/** What is on its way is cut off: the emulator behind is about to stop as well. */
const stop = (): void => process.exit();
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
