import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

export interface ClusterAddress {
  readonly port: number;
  readonly token: string;
}

const name = 'rackless-local';

/** There is no TLS on 127.0.0.1; the client library wants `skipTLSVerify` before it does without. */
const kubeConfigFor = ({ port, token }: ClusterAddress): KubeConfig => {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name, server: `http://127.0.0.1:${port}/${token}`, skipTLSVerify: true },
    { name, token }
  );
  return config;
};

/** The token is in the address as well, because kubectl sends none over plain http. */
export const writeKubeconfig = (file: string, address: ClusterAddress): void => {
  const config = kubeConfigFor(address);
  config.setCurrentContext(config.getContexts()[0]?.name ?? name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, config.exportConfig(), { mode: 0o600 });
};

/** The token of an earlier run in this folder, or a new one, so that a kubeconfig stays good. */
export const tokenIn = (folder: string): string => {
  const file = join(folder, 'token');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const token = randomBytes(32).toString('hex');
    writeFileSync(file, token, { mode: 0o600 });
    return token;
  }
};
