import type { Cluster } from '#core/kubernetes/ports.ts';
import { ClusterConnection, type Distrust } from './cluster-connection.ts';
import { type Credentials, credentialsFrom } from './credentials.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';

/** A cluster that is away is asked several times a second; its secret is not. Milliseconds. */
const readAgainAfter = 10_000;

/**
 * The cluster behind a kubeconfig that is read when it is first needed. It is read again when that
 * failed, when the cluster does not know it any more, or when nobody answers at its address, so that
 * a secret that comes late or is replaced needs no new deployment.
 */
export const openCluster = (
  readKubeconfig: () => Promise<string>,
  clock: () => number = Date.now
): Cluster => {
  let readAt = 0;
  let opened: Promise<() => Promise<Credentials>> | undefined;
  const open = (): Promise<() => Promise<Credentials>> => {
    if (!opened) {
      readAt = clock();
      opened = readKubeconfig().then(credentialsFrom);
    }
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  const forget = (why: Distrust): void => {
    if (why === 'refused' || clock() - readAt > readAgainAfter) opened = undefined;
  };
  return new KubernetesCluster(new ClusterConnection(async () => (await open())(), forget));
};
