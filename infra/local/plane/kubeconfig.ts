import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node';
import { PlaneError } from './plane-error.ts';

/** The absolute path of the kubeconfig that the user named, by option or KUBECONFIG, if any. */
export const namedKubeconfig = (named: string | undefined): string | undefined => {
  if (!named) return undefined;
  const file = resolve(named);
  if (existsSync(file)) return file;
  throw new PlaneError(`there is no kubeconfig ${file}`, {
    hint: 'name one with --kubeconfig FILE; without it and without KUBECONFIG there is an embedded cluster',
  });
};

/** The current context alone, with the content of the files it points to: a function has no files. */
export const portableKubeconfig = (file: string): string => {
  const config = load(file);
  const context = config.getContextObject(config.getCurrentContext());
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (!(context && cluster && user)) {
    throw new PlaneError(`the kubeconfig ${file} has no usable current context`, {
      hint: 'choose one: kubectl config use-context NAME',
    });
  }
  const portable = new KubeConfig();
  portable.loadFromOptions({
    clusters: [withoutFiles(cluster)],
    users: [userWithoutFiles(user)],
    contexts: [context],
    currentContext: context.name,
  });
  return portable.exportConfig();
};

const load = (file: string): KubeConfig => {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
    return config;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new PlaneError(`cannot read the kubeconfig ${file}: ${why}`, { cause });
  }
};

const base64 = (file: string): string => readFileSync(file).toString('base64');

const withoutFiles = ({ caFile, ...cluster }: Cluster): Cluster =>
  caFile && !cluster.caData ? { ...cluster, caData: base64(caFile) } : cluster;

const userWithoutFiles = ({ certFile, keyFile, ...user }: User): User => ({
  ...user,
  ...(certFile && !user.certData && { certData: base64(certFile) }),
  ...(keyFile && !user.keyData && { keyData: base64(keyFile) }),
});
