import { connect, createServer, type Server } from 'node:net';

export interface RelayTarget {
  /** A port of 127.0.0.1. */
  readonly upstreamPort: number;
}

/** Hands every connection on to a port of this machine, byte by byte. */
export const createRelay = ({ upstreamPort }: RelayTarget): Server =>
  createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: upstreamPort, allowHalfOpen: true });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
