import { ClusterConnection } from '#adapters/kubernetes/cluster-connection.ts';
import { credentialsFrom } from '#adapters/kubernetes/credentials.ts';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.ts';

export interface LeftApp {
  readonly app: string;
  readonly namespace: string;
}

/** Namespaces of the rack's apps in the cluster, whatever the table says. That of builds has no app. */
export const appsInCluster = async (
  kubeconfig: string,
  rack: string
): Promise<readonly LeftApp[]> => {
  const cluster = new KubernetesCluster(new ClusterConnection(credentialsFrom(kubeconfig)));
  const { items } = await cluster.list('Namespace', undefined, `system=rackless,rack=${rack},app`);
  return items.map(({ metadata }) => ({
    namespace: metadata.name,
    app: metadata.labels?.['app'] ?? metadata.name,
  }));
};

/** What to do about apps that run while the rack has forgotten them. */
export const adviceFor = (apps: readonly LeftApp[], kubeconfigFile: string): readonly string[] => {
  if (apps.length === 0) return ['no namespace of an app is left in the cluster'];
  return [
    'these namespaces still run apps that the rack no longer knows:',
    ...apps.flatMap(({ app, namespace }) => [
      `  ${namespace}`,
      `    take it up again: rackless apps adopt ${app}, then deploy it: its images are lost`,
      `    or remove it:     kubectl --kubeconfig '${kubeconfigFile}' delete namespace ${namespace}`,
    ]),
  ];
};
