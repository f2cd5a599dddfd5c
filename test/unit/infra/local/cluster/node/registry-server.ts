import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryServer {
  readonly host: string;
  /** Method and path of every request. */
  readonly requests: string[];
  /** Digests of the stored blobs, oldest first. */
  readonly blobs: readonly string[];
  /** Stores a blob and returns its digest. */
  blob(content: Buffer): string;
  /** Stores a manifest under its digest and, if given, a tag; returns the digest. */
  manifest(repository: string, content: object, tag?: string): string;
  /** Makes a stored blob differ from its digest. */
  damage(digest: string): void;
  /** Calls back with the URL of each request before it is answered. */
  beforeEach(callback: (url: string) => void): void;
  close(): void;
}

export interface RegistryAccess {
  readonly kind: 'basic' | 'bearer';
  readonly login: string;
}

const sha256 = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const isAllowed = ({ headers }: IncomingMessage, { kind, login }: RegistryAccess): boolean =>
  kind === 'basic'
    ? headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`
    : headers.authorization === 'Bearer the-token';

const challenge = (host: string, { kind }: RegistryAccess): string =>
  kind === 'basic'
    ? 'Basic realm="registry"'
    : `Bearer realm="http://${host}/token",service="test",scope="repository:shop/web:pull"`;

/** A registry that holds what a test puts into it, open or with Basic or Bearer access. */
export const startRegistry = async (access?: RegistryAccess): Promise<RegistryServer> => {
  const content = new Map<string, Buffer>();
  const requests: string[] = [];
  const blobs: string[] = [];
  let host = '';
  let beforeAnswer = (_url: string): void => undefined;
  const giveToken = (request: IncomingMessage, response: ServerResponse): void => {
    const known = access && isAllowed(request, { ...access, kind: 'basic' });
    response.statusCode = known ? 200 : 401;
    response.end(known ? JSON.stringify({ token: 'the-token' }) : '');
  };
  const refused = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (access === undefined || isAllowed(request, access)) {
      return false;
    }
    response.writeHead(401, { 'www-authenticate': challenge(host, access) }).end();
    return true;
  };
  const server = createServer((request, response) => {
    const { url = '' } = request;
    requests.push(`${request.method} ${url}`);
    beforeAnswer(url);
    if (url.startsWith('/token')) {
      giveToken(request, response);
      return;
    }
    if (refused(request, response)) {
      return;
    }
    const found = content.get(url.replace(/.*\/blobs\//, ''));
    response.statusCode = found === undefined ? 404 : 200;
    response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    requests,
    blobs,
    blob: (bytes) => {
      blobs.push(sha256(bytes));
      content.set(sha256(bytes), bytes);
      return sha256(bytes);
    },
    manifest: (repository, object, tag) => {
      const bytes = Buffer.from(JSON.stringify(object));
      const digest = sha256(bytes);
      for (const name of [digest, ...(tag === undefined ? [] : [tag])]) {
        content.set(`/v2/${repository}/manifests/${name}`, bytes);
      }
      return digest;
    },
    damage: (digest) => {
      content.set(digest, Buffer.from('something else'));
    },
    beforeEach: (callback) => {
      beforeAnswer = callback;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
