import { join } from 'node:path';
import { tokenIn, writeKubeconfig } from './kubeconfig.ts';
import { type NodeAgentOptions, startNodeAgent } from './node/node-agent.ts';
import { openStore, startClusterApi } from './start-cluster-api.ts';

export interface ClusterOptions {
  /** Objects, images, logs, the token and the kubeconfig live here. */
  readonly stateDir: string;
  /** For the API; a free one when left out. */
  readonly port?: number | undefined;
  /** For the HTTP front of services; the one of last time or a free one when left out. */
  readonly frontPort?: number | undefined;
  readonly registries?: NodeAgentOptions['registries'];
  readonly log: (line: string) => void;
}

export interface Cluster {
  /** The file that clients use. */
  readonly kubeconfig: string;
  readonly port: number;
  readonly frontPort: number;
  readonly token: string;
  /** Ends every pod's processes and writes the state. */
  readonly close: () => Promise<void>;
}

/** Starts the whole embedded cluster in this process: API server, controllers and node. */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const { stateDir, port = 0, frontPort, registries, log } = options;
  const store = openStore(stateDir);
  const token = tokenIn(stateDir);
  const nodeDir = join(stateDir, 'node');
  const node = await startNodeAgent({ store, stateDir: nodeDir, frontPort, registries, log });
  const { podLogs } = node;
  const api = await startClusterApi({ store, stateDir, port, token, podLogs }).catch(
    async (error: unknown) => {
      await node.close();
      throw error;
    }
  );
  const kubeconfig = join(stateDir, 'kubeconfig');
  writeKubeconfig(kubeconfig, { port: api.port, token });
  return {
    kubeconfig,
    port: api.port,
    frontPort: node.frontPort,
    token,
    close: async () => {
      await node.close();
      await api.close();
    },
  };
};
