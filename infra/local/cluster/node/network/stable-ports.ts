import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import type { FreePorts } from '../host/free-ports.ts';

type Ports = Record<string, number>;

/** Remembers on disk which port a listener had, so that it has the same one after a restart. */
export class StablePorts {
  readonly #file: string;
  readonly #free: FreePorts;
  readonly #ports: Ports;

  constructor(file: string, free: FreePorts) {
    this.#file = file;
    this.#free = free;
    this.#ports = readPorts(file);
  }

  /** Listens on 127.0.0.1: on the port of last time, or a new one when that is taken by now. */
  async listen(name: string, server: Server): Promise<number> {
    const { [name]: before } = this.#ports;
    if (before !== undefined && (await tryListen(server, before))) {
      return before;
    }
    for (;;) {
      const port = await this.#free.take();
      if (await tryListen(server, port)) {
        this.#ports[name] = port;
        this.#write();
        return port;
      }
    }
  }

  forget(name: string): void {
    delete this.#ports[name];
    this.#write();
  }

  #write(): void {
    writeFileSync(this.#file, JSON.stringify(this.#ports, null, 2));
  }
}

const readPorts = (file: string): Ports => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Ports;
  } catch {
    // The first start, or a file that a crash cut off: new ports do as well.
    return {};
  }
};

/** False when the port is taken. */
export const tryListen = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') {
        resolve(false);
      } else {
        reject(error);
      }
    };
    server.once('error', onError);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError);
      resolve(true);
    });
  });
