import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { forwardedHeaders } from './forwarded-request.ts';

export interface TunnelRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client has sent after its request. */
  readonly head: Buffer;
  /** Where the pod listens. */
  readonly port: number;
}

/** Passes on a request to upgrade (a WebSocket), then all bytes both ways. */
export const openTunnel = ({ request, socket, head, port }: TunnelRequest): void => {
  const { method = 'GET', url = '/' } = request;
  const outgoing = httpRequest({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: forwardedHeaders(request),
    agent: false,
    setHost: false,
  });
  outgoing.once('upgrade', (answer, upstream, firstBytes) => {
    socket.write(rawHead(answer));
    socket.write(firstBytes);
    upstream.write(head);
    tunnel(socket, upstream);
  });
  outgoing.once('response', (answer) => {
    socket.write(rawHead(answer));
    answer.pipe(socket);
  });
  outgoing.once('error', () => socket.destroy());
  socket.once('error', () => outgoing.destroy());
  outgoing.end();
};

const rawHead = ({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string => {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
};

const tunnel = (one: Duplex, other: Duplex): void => {
  one.pipe(other);
  other.pipe(one);
  one.once('error', () => other.destroy());
  other.once('error', () => one.destroy());
  one.once('close', () => other.destroy());
  other.once('close', () => one.destroy());
};
