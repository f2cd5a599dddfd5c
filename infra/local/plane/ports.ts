import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { FreePorts } from '../cluster/node/host/free-ports.ts';
import { listeningPorts } from '../cluster/node/host/listening-ports.ts';
import { readProcesses } from '../cluster/node/host/process-table.ts';
import { PlaneError } from './plane-error.ts';
import { waitUntil } from './wait-until.ts';

export interface PortWish {
  /** What listens there, for the error. */
  readonly what: string;
  /** Asked for by the user. */
  readonly asked: number | undefined;
  /** The one it had before. It stays: saved addresses and image names carry it. */
  readonly remembered: number | undefined;
}

const free = new FreePorts();

/** The port to listen on at 127.0.0.1; a taken one that matters is an error, never another port. */
export const choosePort = async ({ what, asked, remembered }: PortWish): Promise<number> => {
  const wanted = asked ?? remembered;
  if (wanted === undefined) return free.take();
  // What held it may just be ending.
  if (await waitUntil(() => isFree(wanted), 3_000)) return wanted;
  const before = asked === undefined ? ', which it had before' : '';
  throw new PlaneError(`port ${wanted} of the ${what}${before} is taken by ${holderOf(wanted)}`, {
    hint: 'stop that process, or ask for another port: see `npm run local -- up --help`',
  });
};

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(new PlaneError(`cannot listen on port ${port}`, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** `process 123 (node server.js)`, as far as the system tells. */
const holderOf = (port: number): string => {
  const groups = new Set(readProcesses().map(({ group }) => group));
  const holder = [...groups].find((group) => listeningPorts(group)?.includes(port));
  if (holder === undefined) return `another program (\`lsof -i :${port}\` may name it)`;
  return `process ${holder}${commandOf(holder)}`;
};

const commandOf = (pid: number): string => {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return command ? ` (${command.slice(0, 80)})` : '';
  } catch {
    // It ended while we looked.
    return '';
  }
};
