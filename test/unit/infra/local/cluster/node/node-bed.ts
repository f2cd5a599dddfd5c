import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import type { Clock } from '#infra/local/cluster/node/clock.ts';
import { type NodeAgent, startNodeAgent } from '#infra/local/cluster/node/node-agent.ts';
import { asPod, type Pod, type PodSpec } from '#infra/local/cluster/node/wire-objects.ts';
import type { StoredObject } from '#infra/local/cluster/object-store.ts';
import { type ImageFixture, pushImage } from './image-fixture.ts';
import { type RegistryServer, startRegistry } from './registry-server.ts';

/** A node agent over a store and a registry of its own. */
export interface NodeBed {
  readonly store: MemoryStore;
  readonly registry: RegistryServer;
  readonly folder: string;
  readonly agent: NodeAgent;
  readonly lines: string[];
  push(fixture: ImageFixture): string;
  /** Creates a pod on the node; `spec` needs containers only. */
  createPod(name: string, spec: Partial<PodSpec>, labels?: Record<string, string>): void;
  pod(name: string): Pod;
  /** Resolves when `condition` holds for the pod, at once or after one of its changes. */
  until(name: string, condition: (pod: Pod | undefined) => boolean): Promise<void>;
  deletePod(name: string, graceSeconds?: number): void;
  events(name: string): string[];
  logs(name: string, container?: string, previous?: boolean): Promise<string>;
  close(): Promise<void>;
}

export const namespace = 'rack-shop';

/** A process that runs the given script with this Node. */
export const nodeImage = (script: string): ImageFixture => ({
  config: { Cmd: ['node', 'main.cjs'], WorkingDir: '/app' },
  layers: [[{ path: 'app/main.cjs', content: script }]],
});

/** Listens on PORT and answers with `text`. */
export const serverScript = (text: string): string =>
  `require('http').createServer((q, r) => r.end(${JSON.stringify(text)})).listen(process.env.PORT, '127.0.0.1');
   console.log('listening');
   process.on('SIGTERM', () => process.exit(0));`;

const storeWithNamespace = (): MemoryStore => {
  const store = new MemoryStore();
  store.create('namespaces', { metadata: { name: namespace } });
  return store;
};

export const startNodeBed = async (
  options: { clock?: Clock; store?: MemoryStore; folder?: string } = {}
): Promise<NodeBed> => {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'rackless-node-')));
  const store = options.store ?? storeWithNamespace();
  const registry = await startRegistry();
  const lines: string[] = [];
  const agent = await startNodeAgent({
    store,
    stateDir: folder,
    log: (line) => lines.push(line),
    clock: options.clock,
  });
  const find = (name: string): Pod | undefined => {
    const stored = store.get('pods', namespace, name);
    return stored && asPod(stored);
  };
  return {
    store,
    registry,
    folder,
    agent,
    lines,
    push: (fixture) => pushImage(registry, fixture).image,
    createPod: (name, spec, labels = {}) => {
      store.create('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels },
        spec: { nodeName: 'local', ...spec },
        status: { phase: 'Pending' },
      } as StoredObject);
    },
    pod: (name) => {
      const found = find(name);
      if (found === undefined) {
        throw new Error(`no pod ${name}`);
      }
      return found;
    },
    until: (name, condition) =>
      new Promise((resolve) => {
        const stop = store.subscribe('pods', () => check());
        const check = (): void => {
          if (condition(find(name))) {
            stop();
            resolve();
          }
        };
        check();
      }),
    deletePod: (name, graceSeconds = 30) => {
      store.modify('pods', { namespace, name }, (pod) => ({
        ...pod,
        metadata: {
          ...pod.metadata,
          deletionTimestamp: new Date(),
          deletionGracePeriodSeconds: graceSeconds,
        },
      }));
    },
    events: (name) =>
      store
        .list('events', { namespace })
        .filter((event) => (event['involvedObject'] as { name: string }).name === name)
        .map((event) => `${event['type']} ${event['reason']}: ${event['message']}`),
    logs: async (name, container = 'main', previous = false) => {
      let text = '';
      for await (const chunk of agent.podLogs.read(
        { namespace, pod: name, container },
        { previous }
      )) {
        text += chunk;
      }
      return text;
    },
    close: async () => {
      await agent.close();
      registry.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const isReady = (pod: Pod | undefined): boolean =>
  (pod?.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
