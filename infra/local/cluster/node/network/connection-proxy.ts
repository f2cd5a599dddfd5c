import { connect, createServer, type Server, type Socket } from 'node:net';
import { countWhileBusy, type Port, portOf } from './busy-connection.ts';
import type { OpenRequests } from './open-requests.ts';
import { type Endpoint, RoundRobin } from './service-endpoints.ts';

const connectTimeout = 2000;

const open = (port: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const fail = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(connectTimeout, fail);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      socket.setTimeout(0);
      resolve(socket);
    });
  });

interface OpenConnection {
  readonly socket: Socket;
  readonly count: Port;
}

/**
 * The first endpoint that takes the connection; a pod may be gone before its status says so. The
 * connection counts from the moment in which the pod was chosen, so that it does not stop before.
 */
const openFirst = async (
  endpoints: readonly Endpoint[],
  requests: OpenRequests
): Promise<OpenConnection | undefined> => {
  for (const { port } of endpoints) {
    const count = portOf(requests, port);
    count.begin();
    const socket = await open(port);
    if (socket !== undefined) {
      return { socket, count };
    }
    count.end();
  }
  return undefined;
};

/** Each side may end its half first; what is on its way still arrives. */
const join = (one: Socket, other: Socket): void => {
  one.pipe(other);
  other.pipe(one);
  one.once('error', () => other.destroy());
  other.once('error', () => one.destroy());
  one.once('close', () => other.destroySoon());
  other.once('close', () => one.destroySoon());
};

/** Spreads TCP connections over the endpoints of the moment. */
export class ConnectionProxy {
  readonly server: Server;
  readonly #endpoints: () => readonly Endpoint[];
  readonly #requests: OpenRequests;
  readonly #turns = new RoundRobin();
  readonly #clients = new Set<Socket>();

  constructor(endpoints: () => readonly Endpoint[], requests: OpenRequests) {
    this.#endpoints = endpoints;
    this.#requests = requests;
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      void this.#serve(client);
    });
  }

  close(): void {
    this.server.close();
    for (const client of this.#clients) {
      client.destroy();
    }
  }

  async #serve(client: Socket): Promise<void> {
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    client.on('error', () => client.destroy());
    const upstream = await openFirst(this.#turns.order(this.#endpoints()), this.#requests);
    if (upstream === undefined) {
      client.resetAndDestroy();
      return;
    }
    countWhileBusy(client, upstream.socket, upstream.count);
    join(client, upstream.socket);
    if (client.destroyed) {
      upstream.socket.destroy();
      return;
    }
    client.resume();
  }
}
