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
  const config = read(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw unusable('has no current context, or one without a cluster');
  requireUser(config);
  refuseFiles(config);
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

const eksClusterOf = ({ command, args = [] }: Exec): EksCluster => {
  // Both forms of an option: `--region R` and `--region=R`.
  const words = args.flatMap((it) => (it.startsWith('--') ? splitOption(it) : [it]));
  const option = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at === -1 ? undefined : words[at + 1];
  };
  const isAws =
    /(^|[/\\])aws(\.exe)?$/.test(command) && words.includes('eks') && words.includes('get-token');
  const name = option('--cluster-name');
  if (!isAws || !name) {
    throw new UnavailableError(`the kubeconfig runs ${command}, which a function cannot do`, {
      hint: 'use a token, a client certificate or an `aws eks get-token` entry',
    });
  }
  return { name, region: option('--region'), role: option('--role-arn') };
};

const splitOption = (text: string): readonly string[] => {
  const at = text.indexOf('=');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
