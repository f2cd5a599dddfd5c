import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a registry that breaks when it is told to. */
export interface CuttingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Breaks each of the next connections that has sent so many bytes, `times` of them. */
  cutAfter(bytes: number, times: number): void;
  /** The same of connections over which so many bytes have come back. */
  cutAnswersAfter(bytes: number, times: number): void;
  /** Takes nothing more from any connection once it has sent so many bytes; 0 for never. */
  stallAfter(bytes: number): void;
  /** Resolves when that has happened. */
  readonly stalled: Promise<void>;
  /** How many it has broken. */
  readonly cuts: number;
  close(): Promise<void>;
}

export const startCuttingProxy = async (target: string): Promise<CuttingProxy> => {
  const [name = '', port = ''] = target.split(':');
  const open = new Set<Socket>();
  const state = { cuts: 0, stall: 0 };
  const limits = { sent: { bytes: 0, left: 0 }, answered: { bytes: 0, left: 0 } };
  let tellStalled = (): void => undefined;
  const stalled = new Promise<void>((resolve) => {
    tellStalled = resolve;
  });
  const server = createServer((client) => {
    const registry = connect(Number(port), name);
    let seen = 0;
    for (const socket of [client, registry]) {
      open.add(socket);
      // Whoever is cut off complains.
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    const cutIfOver = (limit: typeof limits.sent, bytes: number): void => {
      if (limit.left === 0 || bytes < limit.bytes) return;
      limit.left -= 1;
      state.cuts += 1;
      client.resetAndDestroy();
      registry.destroy();
    };
    let answered = 0;
    registry.on('data', (chunk) => {
      answered += chunk.length;
      cutIfOver(limits.answered, answered);
    });
    client.on('data', (chunk) => {
      seen += chunk.length;
      if (state.stall > 0 && seen >= state.stall) {
        client.unpipe(registry).pause();
        tellStalled();
      }
      cutIfOver(limits.sent, seen);
    });
    client.pipe(registry).pipe(client);
    client.on('close', () => registry.destroy());
    registry.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAfter: (bytes, times) => Object.assign(limits.sent, { bytes, left: times }),
    cutAnswersAfter: (bytes, times) => Object.assign(limits.answered, { bytes, left: times }),
    get cuts() {
      return state.cuts;
    },
    stallAfter: (bytes) => Object.assign(state, { stall: bytes }),
    stalled,
    close: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
};
