import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kubernetesVersion = '1.34.4';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/** Where one test cluster keeps everything. All of it but the cache goes with `down`. */
export interface Place {
  readonly root: string;
  readonly logs: string;
  readonly parts: string;
  readonly pki: string;
  readonly config: string;
  readonly data: string;
  readonly kubeconfig: string;
  readonly address: string;
  /** Sockets: their paths must be short. */
  readonly run: string;
  readonly cgroup: string;
  /** The built Kubernetes, kept between clusters. */
  readonly binary: string;
  /** Who uses this machine's one pod network. */
  readonly owner: string;
  readonly lock: string;
}

/** RACKLESS_HOME/kubernetes, or `.rackless/kubernetes` in the checkout. */
export const placeAt = (home?: string): Place => {
  const root = resolve(home || join(checkout, '.rackless'), 'kubernetes');
  const id = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const cache = join(homedir(), '.cache', 'rackless', 'kubernetes');
  return {
    root,
    logs: join(root, 'logs'),
    parts: join(root, 'parts'),
    pki: join(root, 'pki'),
    config: join(root, 'config'),
    data: join(root, 'data'),
    kubeconfig: join(root, 'kubeconfig'),
    address: join(root, 'address.json'),
    run: `/run/rackless-${id}`,
    cgroup: `rackless-${id}`,
    binary: join(cache, kubernetesVersion, 'kubernetes'),
    owner: join(cache, 'running.json'),
    lock: join(cache, 'lock'),
  };
};

export const createPlace = ({ root, logs, parts, pki, config, data, run }: Place): void => {
  for (const folder of [root, logs, parts, pki, config, data, run]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
};
