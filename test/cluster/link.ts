import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Both ends of a connection; without a far one while nothing passes. */
interface Pair {
  readonly near: Socket;
  far: Socket | undefined;
  isJoined: boolean;
}

/** The network between a rack and its cluster, which a test may take away and give back. */
export class Link {
  readonly port: number;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isSilent = false;

  private constructor(server: Server, target: { readonly host: string; readonly port: number }) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near) => this.#accept(near));
  }

  /** `address` is that of an API server: `https://127.0.0.1:6443`. */
  static async to(address: string): Promise<Link> {
    const { hostname, port, protocol } = new URL(address);
    const server = createServer({ allowHalfOpen: true });
    await listen(server, 0);
    return new Link(server, {
      host: hostname,
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    });
  }

  /** Ends what is open; who comes anew gets through. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far?.destroy();
    }
  }

  /** Who comes is turned away. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  /** Nothing passes any more, in neither direction, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
    this.forget();
  }

  /** As `silence` for what is open; who comes anew gets through: what a NAT forgets. */
  forget(): void {
    for (const pair of this.#pairs) {
      const { near, far } = pair;
      if (!far) continue;
      near.unpipe(far).pause();
      far.unpipe(near).pause();
      pair.isJoined = false;
    }
  }

  /** What was on its way arrives, as from a network that sends it again. */
  async restore(): Promise<void> {
    this.#isSilent = false;
    if (!this.#server.listening) await listen(this.#server, this.port);
    for (const pair of this.#pairs) this.#join(pair);
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.refuse();
    else this.cut();
  }

  #accept(near: Socket): void {
    const pair: Pair = { near, far: undefined, isJoined: false };
    this.#pairs.add(pair);
    near.on('error', () => pair.far?.destroy());
    near.on('close', () => {
      this.#pairs.delete(pair);
      pair.far?.destroy();
    });
    if (!this.#isSilent) this.#join(pair);
  }

  #join(pair: Pair): void {
    if (pair.isJoined) return;
    pair.isJoined = true;
    pair.far ??= this.#connect(pair.near);
    pair.near.pipe(pair.far).pipe(pair.near);
  }

  #connect(near: Socket): Socket {
    const far = connect({ ...this.#target, allowHalfOpen: true });
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    return far;
  }
}

const listen = async (server: Server, port: number): Promise<void> => {
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  await listening;
};
