import type { IncomingMessage } from 'node:http';
import type { Reply } from '../aws-identity/http.ts';
import type { GoogleWorld } from './world.ts';

export interface FakeRequest {
  readonly method: string;
  /** Path without the service's prefix. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Undefined for a path that the service does not have. */
export type Service = (
  world: GoogleWorld,
  request: FakeRequest
) => Promise<Reply> | Reply | undefined;

export const ok = (body: object): Reply => ({ status: 200, body });

export const json = ({ body }: FakeRequest): Record<string, unknown> =>
  JSON.parse(body.toString() || '{}') as Record<string, unknown>;

export const bearerOf = ({ headers }: FakeRequest): string =>
  headers.authorization?.replace(/^Bearer /, '') ?? '';
