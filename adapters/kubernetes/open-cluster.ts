import type { Cluster } from '#core/kubernetes/ports.ts';
import { ClusterConnection } from './cluster-connection.ts';
import { type Credentials, credentialsFrom } from './credentials.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';

/**
 * The cluster behind a kubeconfig that is read when it is first needed. It is read again when that
 * failed or the cluster does not know it any more, so that a secret that comes late or is replaced
 * needs no new deployment.
 */
export const openCluster = (readKubeconfig: () => Promise<string>): Cluster => {
  let opened: Promise<() => Promise<Credentials>> | undefined;
  const open = (): Promise<() => Promise<Credentials>> => {
    opened ??= readKubeconfig().then(credentialsFrom);
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  const forget = (): void => {
    opened = undefined;
  };
  return new KubernetesCluster(new ClusterConnection(async () => (await open())(), forget));
};
