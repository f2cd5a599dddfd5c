import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

import { type Asked, type Counts, RequestLog } from './request-log.ts';

export interface CountingProxy {
  /** Of a kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** What went through since the last call: `list pods`, `watch events`, `apply deployments`. */
  readonly take: () => Counts;
  /** The same, each request with its times. */
  readonly takeAsked: () => readonly Asked[];
  readonly close: () => void;
}

interface Upstream {
  readonly server: URL;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

/** Stands between the plane and the API server, with the credentials of a kubeconfig (its text), and counts requests. */
export const startCountingProxy = async (
  kubeconfig: string,
  file: string
): Promise<CountingProxy> => {
  const upstream = upstreamOf(kubeconfig);
  const log = new RequestLog();
  const server = createServer((incoming, answer) => {
    log.add(describe(incoming), answer);
    pass(upstream, incoming, answer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  writeKubeconfig(file, (server.address() as AddressInfo).port);
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return {
    kubeconfig: file,
    take: () => log.takeCounts(),
    takeAsked: () => log.take(),
    close,
  };
};

const upstreamOf = (kubeconfig: string): Upstream => {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (!cluster) throw new Error('the kubeconfig has no current context');
  const bytes = (text: string | undefined) => (text ? Buffer.from(text, 'base64') : undefined);
  const agent = new Agent({
    keepAlive: true,
    ca: bytes(cluster.caData),
    cert: bytes(user?.certData),
    key: bytes(user?.keyData),
  });
  const headers = user?.token ? { authorization: `Bearer ${user.token}` } : {};
  return { server: new URL(cluster.server), agent, headers: { ...headers } };
};

const pass = (
  { server, agent, headers }: Upstream,
  incoming: IncomingMessage,
  answer: ServerResponse
): void => {
  const outgoing = request({
    agent,
    host: server.hostname,
    port: server.port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...incoming.headers, ...headers, host: server.host },
  });
  outgoing.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    // A watch without news must show its headers all the same.
    answer.flushHeaders();
    response.on('error', () => answer.destroy());
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  answer.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
};

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  DELETE: 'delete',
};

const describe = ({ method = '', url = '', headers }: IncomingMessage): string => {
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const [, resource = pathname, name] =
    /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+(?=\/))?\/([^/]+)(?:\/(.+))?$/.exec(
      pathname
    ) ?? [];
  const dry = searchParams.has('dryRun') ? ' (dry run)' : '';
  if (searchParams.get('watch') === 'true') return `watch ${resource}`;
  if (method === 'PATCH') return `${patchOf(headers)} ${resource}${dry}`;
  if (method === 'GET' && !name) return `list ${resource}`;
  return `${verbs[method] ?? method} ${resource}${dry}`;
};

const patchOf = (headers: IncomingMessage['headers']): string =>
  headers['content-type']?.includes('apply-patch') ? 'apply' : 'patch';

const writeKubeconfig = (file: string, port: number): void => {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'counted', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'counted', context: { cluster: 'counted', user: 'nobody' } }],
    'current-context': 'counted',
  };
  writeFileSync(file, JSON.stringify(config));
};
