import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CliError } from '../../errors.ts';

/** An entry of a kubeconfig, as far as it is read here. */
type Fields = Readonly<Record<string, unknown>>;

export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
}

/** How to reach one API server. PEM texts; undefined where the file says nothing. */
export interface ClusterAccess {
  readonly server: string;
  readonly ca: string | undefined;
  readonly servername: string | undefined;
  readonly insecure: boolean;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** The value of the Authorization header. */
  readonly authorization: string | undefined;
  /** A program that gives the credentials. */
  readonly exec: ExecPlugin | undefined;
}

/**
 * The current context of a kubeconfig. Unlike the rack, which has no files of ours, this follows the
 * file's references to other files and programs, as kubectl does.
 * @throws CliError when there is no such file, or it names no cluster.
 */
export const readKubeconfig = (file: string, cwd: string): ClusterAccess => {
  const path = resolve(cwd, file);
  const config = parsed(path);
  const current = text(config, 'current-context');
  const context = entry(config, 'contexts', current);
  const cluster = context && entry(config, 'clusters', text(context, 'cluster'));
  const server = cluster && text(cluster, 'server');
  if (!(context && cluster && server)) {
    throw new CliError('BadKubeconfig', `${path} has no current context with a cluster`, {
      hint: `choose one with: kubectl --kubeconfig ${file} config use-context NAME`,
    });
  }
  const user = entry(config, 'users', text(context, 'user')) ?? {};
  const read = reader(dirname(path));
  return {
    server,
    ca: read(cluster, 'certificate-authority'),
    servername: text(cluster, 'tls-server-name'),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    cert: read(user, 'client-certificate'),
    key: read(user, 'client-key'),
    authorization: authorizationOf(user, dirname(path)),
    exec: execOf(user),
  };
};

const parsed = (path: string): Fields => {
  try {
    const config: unknown = parse(readFileSync(path, 'utf8'));
    return typeof config === 'object' && config !== null ? (config as Fields) : {};
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message.split('\n')[0];
    throw new CliError('BadKubeconfig', `cannot read kubeconfig ${path}: ${why}`, {
      hint: 'name the kubeconfig of the cluster with --kubeconfig',
      cause,
    });
  }
};

/** The entry of a list (`users`) by its name: what stands under `user` in it. */
const entry = (
  config: Fields,
  list: 'contexts' | 'clusters' | 'users',
  name: string | undefined
): Fields | undefined => {
  const entries = config[list];
  const found: unknown = Array.isArray(entries)
    ? entries.find((it: Fields | null) => it?.['name'] === name)?.[list.slice(0, -1)]
    : undefined;
  return typeof found === 'object' && found !== null ? (found as Fields) : undefined;
};

const text = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** `NAME-data` in base64, or the file that `NAME` refers to. */
const reader =
  (folder: string) =>
  (fields: Fields, name: string): string | undefined => {
    const data = text(fields, `${name}-data`);
    if (data) return Buffer.from(data, 'base64').toString('utf8');
    const file = text(fields, name);
    return file && fileText(resolve(folder, file));
  };

const fileText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('BadKubeconfig', `the kubeconfig refers to ${path}, which can't be read`, {
      hint: 'bring that file as well, or use: kubectl config view --raw --flatten --minify',
      cause,
    });
  }
};

const authorizationOf = (user: Fields, folder: string): string | undefined => {
  const file = text(user, 'tokenFile');
  const token = text(user, 'token') ?? (file && fileText(resolve(folder, file)).trim());
  if (token) return `Bearer ${token}`;
  const name = text(user, 'username');
  const password = text(user, 'password') ?? '';
  return name && `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
};

const execOf = (user: Fields): ExecPlugin | undefined => {
  const exec = user['exec'] as Fields | null | undefined;
  const command = exec && text(exec, 'command');
  if (!command) return undefined;
  const { args, env } = exec as { args?: string[]; env?: { name: string; value: string }[] };
  return {
    command,
    args: args ?? [],
    env: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
    apiVersion: text(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
  };
};
