import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';
import { UnavailableError } from '#core/errors.ts';
import { type EksCluster, eksToken } from './eks-token.ts';

/** How to speak to one API server, for a while. */
export interface Credentials {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher | undefined;
}

type Exec = { readonly command: string; readonly args?: string[] };

/** EKS takes a token for 14 minutes; a new one is made well before. */
const tokenLifetime = 10 * 60_000;

/**
 * Turns a kubeconfig into credentials. Tokens and client certificates work as they are; an
 * `aws eks get-token` entry becomes a token presigned in process, since a function has no such
 * program. Other exec entries are refused.
 */
export const credentialsFrom = (kubeconfig: string): (() => Promise<Credentials>) => {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new UnavailableError("the rack's kubeconfig has no current context");
  const dispatcher = new Agent({
    connect: tlsOf(config),
    headersTimeout: 30_000,
    bodyTimeout: 0,
    connectTimeout: 5_000,
  } as Agent.Options);
  const authorization = authorizationOf(config);
  return async () => ({
    server: cluster.server,
    headers: await authorization(),
    dispatcher,
  });
};

const tlsOf = (config: KubeConfig) => {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  return {
    ca: pem(cluster?.caData),
    cert: pem(user?.certData),
    key: pem(user?.keyData),
    rejectUnauthorized: !cluster?.skipTLSVerify,
    ...(cluster?.tlsServerName && { servername: cluster.tlsServerName }),
  };
};

const pem = (base64: string | undefined): string | undefined =>
  base64 ? Buffer.from(base64, 'base64').toString('utf8') : undefined;

const authorizationOf = (config: KubeConfig): (() => Promise<Record<string, string>>) => {
  const user = config.getCurrentUser();
  if (user?.exec) return eksAuthorization(user.exec);
  const header = user?.token
    ? `Bearer ${user.token}`
    : user?.username
      ? `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`
      : undefined;
  return () => Promise.resolve(header ? { authorization: header } : {});
};

const eksAuthorization = (exec: Exec): (() => Promise<Record<string, string>>) => {
  const target = eksClusterOf(exec);
  let held: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (!held || held.until < Date.now()) {
      held = { token: await eksToken(target), until: Date.now() + tokenLifetime };
    }
    return { authorization: `Bearer ${held.token}` };
  };
};

const eksClusterOf = ({ command, args = [] }: { command: string; args?: string[] }): EksCluster => {
  const option = (...names: string[]): string | undefined =>
    args[args.findIndex((it: string) => names.includes(it)) + 1];
  const has = (name: string): boolean => args.includes(name);
  const isAws = /(^|\/)aws$/.test(command) && has('eks') && has('get-token');
  const name = has('--cluster-name') ? option('--cluster-name') : undefined;
  if (!isAws || !name) {
    throw new UnavailableError(`the kubeconfig runs ${command}, which a function cannot do`, {
      hint: 'use a token, a client certificate or an `aws eks get-token` entry',
    });
  }
  return {
    name,
    region: has('--region') ? option('--region') : undefined,
    role: has('--role-arn') ? option('--role-arn') : undefined,
  };
};
