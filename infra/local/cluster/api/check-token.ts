import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StatusError } from '../status-error.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isToken = (token: string, given: string): boolean =>
  timingSafeEqual(digest(given), digest(token));

export interface Caller {
  readonly trusted: boolean;
  /** What stood before the API's own path: `/TOKEN`, or nothing. */
  readonly prefix: string;
  readonly path: string;
}

/**
 * Whether the caller knows the token of the generated kubeconfig. kubectl sends no bearer token over
 * plain http, so the kubeconfig's server address has the token as its first path part as well.
 */
export const identify = (token: string, pathname: string, incoming: IncomingMessage): Caller => {
  const [, first = ''] = pathname.split('/');
  if (isToken(token, first)) {
    const prefix = `/${first}`;
    return { trusted: true, prefix, path: pathname.slice(prefix.length) || '/' };
  }
  const bearer = /^Bearer (.+)$/i.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
  return { trusted: isToken(token, bearer), prefix: '', path: pathname };
};

export const unauthorized = (): StatusError =>
  new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
