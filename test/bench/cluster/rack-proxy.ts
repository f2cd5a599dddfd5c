import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asked, RequestLog } from './request-log.ts';

export interface RackProxy {
  /** Of the rack, through the proxy. */
  readonly url: string;
  /** What the client asked since the last call: `POST promote`, `GET events`, … */
  readonly takeAsked: () => readonly Asked[];
  readonly close: () => void;
}

/** Stands between the client and a rack, and notes when each request came and was answered. */
export const startRackProxy = async (rackUrl: string): Promise<RackProxy> => {
  const rack = new URL(rackUrl);
  const log = new RequestLog();
  const server = createServer((incoming, answer) => {
    log.add(describe(incoming), answer);
    pass(rack, incoming, answer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(rack);
  url.port = String((server.address() as AddressInfo).port);
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: url.href, takeAsked: () => log.take(), close };
};

const pass = (rack: URL, incoming: IncomingMessage, answer: ServerResponse): void => {
  const { method, url: path, headers } = incoming;
  const { hostname: host, port } = rack;
  const outgoing = request({ host, port, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  answer.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
};

/** `/apps/shop/promotions/PABC/events` is `events`; one that ends with an id is what it is of. */
const describe = ({ method = '', url = '' }: IncomingMessage): string => {
  const parts = url.replace(/\?.*/, '').split('/');
  const last = parts.at(-1) ?? '';
  return `${method} ${/^[A-Z]{11}$/.test(last) ? parts.at(-2) : last}`;
};
