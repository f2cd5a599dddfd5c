import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

export interface LeftApp {
  readonly app: string;
  readonly namespace: string;
}

/** Namespaces of the rack's apps in the cluster, whatever the table says. */
export const appsInCluster = async (
  kubeconfig: string,
  rack: string
): Promise<readonly LeftApp[]> => {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const { items } = await config
    .makeApiClient(CoreV1Api)
    .listNamespace({ labelSelector: `system=rackless,rack=${rack}` });
  return items.map(({ metadata }) => ({
    namespace: metadata?.name ?? '',
    app: metadata?.labels?.['app'] ?? '',
  }));
};

/** What to do about apps that run while the rack has forgotten them. */
export const adviceFor = (apps: readonly LeftApp[], kubeconfigFile: string): readonly string[] => {
  if (apps.length === 0) return ['no namespace of an app is left in the cluster'];
  return [
    'these namespaces still run apps that the rack no longer knows:',
    ...apps.flatMap(({ app, namespace }) => [
      `  ${namespace}`,
      `    take it up again: rackless apps create ${app}, then rackless deploy -a ${app}`,
      `    or remove it:     kubectl --kubeconfig '${kubeconfigFile}' delete namespace ${namespace}`,
    ]),
  ];
};
