import { KubeConfig } from '@kubernetes/client-node';
import { storeKubeconfig } from '#infra/local/aws/kubeconfig-secret.ts';
import { functionProcesses } from '../../e2e/function-processes.ts';

export interface KubeconfigChanges {
  readonly server?: string;
  readonly caData?: string;
  readonly user?: object;
}

/** The port of the emulator under the rack of the stories. */
export const emulatorPort = (): number =>
  Number(new URL(process.env['E2E_AWS_ENDPOINT'] ?? 'http://missing:1').port);

/** As an account owner stores it; functions that have read the one before are gone. */
export const useKubeconfig = async (text: string): Promise<void> => {
  await storeKubeconfig(emulatorPort(), text);
  for (const pid of functionProcesses('cluster', 'promotion')) process.kill(pid, 'SIGKILL');
};

/** The text of a kubeconfig that differs in some of its parts. */
export const changedKubeconfig = (
  own: KubeConfig,
  { server, caData, user }: KubeconfigChanges
): string => {
  const config = new KubeConfig();
  config.loadFromString(own.exportConfig());
  const [cluster, mine] = [own.getCurrentCluster(), own.getCurrentUser()];
  if (!(cluster && mine)) throw new Error('the kubeconfig has no current context');
  config.clusters = [{ ...cluster, ...(server && { server }), ...(caData && { caData }) }];
  config.users = [user ? { name: mine.name, ...user } : mine];
  return config.exportConfig();
};
