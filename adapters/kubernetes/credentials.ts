import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';
import { UnavailableError } from '#core/errors.ts';
import { execAuthorization } from './exec-plugins.ts';

/** How to speak to one API server, for a while. */
export interface Credentials {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher | undefined;
}

/**
 * Turns a kubeconfig into credentials. Tokens and client certificates work as they are; for
 * an exec entry of a cloud's own program the token is made in process, since a function has no such
 * program. Other exec entries are refused. With `as`, everything is done in that user's name.
 */
export const credentialsFrom = (kubeconfig: string): (() => Promise<Credentials>) => {
  const config = read(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw unusable('has no current context, or one without a cluster');
  requireUser(config);
  refuseFiles(config);
  const dispatcher = new Agent({
    // One connection for all of HTTP/2's requests hangs them all when the network forgets it, and errors
    // of streams that nobody reads any more (undici #5586) would end the function.
    allowH2: false,
    connect: tlsOf(config),
    headersTimeout: 30_000,
    bodyTimeout: 0,
    connectTimeout: 5_000,
  } as Agent.Options);
  const authorization = authorizationOf(config);
  const as = config.getCurrentUser()?.impersonateUser;
  return async () => ({
    server: cluster.server,
    headers: { ...(await authorization()), ...(as && { 'impersonate-user': as }) },
    dispatcher,
  });
};

const read = (kubeconfig: string): KubeConfig => {
  const config = new KubeConfig();
  try {
    config.loadFromString(kubeconfig);
  } catch (cause) {
    throw unusable("can't be read", cause);
  }
  return config;
};

/** Time mends it once somebody replaces the secret: it is read again. */
const unusable = (what: string, cause?: unknown): UnavailableError =>
  new UnavailableError(`the rack's kubeconfig ${what}`, {
    hint: 'replace its secret by what kubectl config view --raw --flatten --minify prints',
    cause,
  });

/** Nobody in particular would only be refused later, request by request. */
const requireUser = (config: KubeConfig): void => {
  const context = config.getContextObject(config.getCurrentContext());
  if (context?.user && !config.getCurrentUser()) throw unusable(`has no user ${context.user}`);
  const { authProvider } = { ...config.getCurrentUser() };
  if (authProvider) throw unusable('has an auth-provider, which a function cannot run');
};

/** A function has none of the files of the machine that the kubeconfig comes from. */
const refuseFiles = (config: KubeConfig): void => {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  const file =
    (!cluster?.caData && cluster?.caFile) ||
    (!user?.certData && user?.certFile) ||
    (!user?.keyData && user?.keyFile);
  if (!file) return;
  throw unusable(`refers to the file ${file}`);
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
  if (user?.exec) return execAuthorization(user.exec);
  const header = user?.token
    ? `Bearer ${user.token}`
    : user?.username
      ? `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`
      : undefined;
  return () => Promise.resolve(header ? { authorization: header } : {});
};
