import type { Socket } from 'node:net';
import type { OpenRequests } from './open-requests.ts';

/** An answer is over when nothing has followed for this long, in ms. */
const quiet = 50;

/**
 * Counts a proxied connection as an open request from its beginning, and again from whatever the
 * client sends, until the answer is over; a kept connection on which nothing happens does not count.
 */
export const countWhileBusy = (client: Socket, upstream: Socket, requests: Port): void => {
  let timer: NodeJS.Timeout | undefined;
  const counted = new Set(['busy']);
  const idle = (): void => {
    clearTimeout(timer);
    if (counted.delete('busy')) {
      requests.end();
    }
  };
  const busy = (): void => {
    clearTimeout(timer);
    if (!counted.has('busy')) {
      counted.add('busy');
      requests.begin();
    }
  };
  client.on('data', busy);
  upstream.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(idle, quiet);
  });
  upstream.once('close', () => {
    idle();
    client.off('data', busy);
  });
};

/** The count of one host port. */
export interface Port {
  readonly begin: () => void;
  readonly end: () => void;
}

export const portOf = (requests: OpenRequests, port: number): Port => ({
  begin: () => requests.begin(port),
  end: () => requests.end(port),
});
