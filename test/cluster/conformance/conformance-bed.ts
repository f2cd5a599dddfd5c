import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { startCluster } from '#infra/local/cluster/start-cluster.ts';
import { pushImage } from '../../unit/infra/local/cluster/node/image-fixture.ts';
import { startRegistry } from '../../unit/infra/local/cluster/node/registry-server.ts';
import { type Document, RawClient } from './raw-client.ts';

/** The cluster under test: the one of KUBECONFIG, or the embedded one, started in this process. */
export interface ConformanceBed {
  readonly config: KubeConfig;
  readonly api: RawClient;
  readonly embedded: boolean;
  /** An image with `sh` and `sleep`; on a cluster of your own CONFORMANCE_IMAGE names it. */
  readonly image: string;
  /** Makes a namespace that `close` deletes again. */
  namespace(): Promise<string>;
  close(): Promise<void>;
}

interface Backing {
  readonly config: KubeConfig;
  readonly image: string;
  readonly close: () => Promise<void>;
}

const namedCluster = (): Backing => {
  const config = new KubeConfig();
  config.loadFromDefault();
  const image = process.env['CONFORMANCE_IMAGE'] ?? 'busybox:1.36';
  return { config, image, close: () => Promise.resolve() };
};

const embeddedCluster = async (): Promise<Backing> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'rackless-conformance-'));
  const registry = await startRegistry();
  const layers = [[{ path: 'readme', content: 'the tools are those of the machine' }]];
  const { image } = pushImage(registry, { repository: 'conformance/tools', layers });
  const cluster = await startCluster({ stateDir, log: () => undefined });
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  return {
    config,
    image,
    close: async () => {
      await cluster.close();
      registry.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
};

export const startConformanceBed = async (): Promise<ConformanceBed> => {
  const embedded = (process.env['KUBECONFIG'] ?? '') === '';
  const backing = embedded ? await embeddedCluster() : namedCluster();
  const api = new RawClient(backing.config);
  const namespaces: string[] = [];
  return {
    ...backing,
    api,
    embedded,
    namespace: async () => {
      const name = `conformance-${randomBytes(4).toString('hex')}`;
      namespaces.push(name);
      await api.call('POST', '/api/v1/namespaces', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      });
      return name;
    },
    close: async () => {
      try {
        for (const name of namespaces) {
          await api.call('DELETE', `/api/v1/namespaces/${name}`);
        }
      } finally {
        await backing.close();
      }
    },
  };
};

/** Asks until the answer fits; the test's own time limit ends a wait that is in vain. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  fits: (answer: T) => boolean
): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) {
      return answer;
    }
    await delay(100);
  }
};

/** The value at a path of a document: `at(pod, 'status', 'phase')`. */
export const at = (document: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Document | undefined)?.[step], document);
