import { setTimeout as pause } from 'node:timers/promises';
import type { RawClient } from '#test/cluster/conformance/raw-client.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] };
  readonly status: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

interface Container {
  readonly name: string;
  readonly image: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

const merge = 'application/merge-patch+json';
const interval = 300;
const atOnce = 20;

/**
 * A node that only says that it runs pods, for more of them than a machine can hold. It takes the
 * pods of one namespace to itself: they ask for more than any real node has, and nobody else's pods
 * tolerate its taint.
 */
export class FakeNode {
  readonly #api: RawClient;
  readonly #name: string;
  readonly #pods: string;
  #isOver = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(api: RawClient, namespace: string) {
    this.#api = api;
    this.#name = `fake-${namespace}`;
    this.#pods = `/api/v1/namespaces/${namespace}/pods`;
  }

  async start(): Promise<void> {
    const taints = [{ key: 'rackless.dev/fake', effect: 'NoSchedule' }];
    const metadata = { name: this.#name };
    const body = { apiVersion: 'v1', kind: 'Node', metadata, spec: { taints } };
    await this.#api.call('POST', '/api/v1/nodes', { body });
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#loop;
    await this.#api.call('DELETE', `/api/v1/nodes/${this.#name}`);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#beat();
      const { body } = await this.#api.call('GET', this.#pods);
      const pods = (body['items'] ?? []) as Pod[];
      for (let first = 0; first < pods.length; first += atOnce) {
        await Promise.all(pods.slice(first, first + atOnce).map((it) => this.#move(it)));
      }
      await pause(interval);
    }
  }

  /** Without it the node would count as dead, and its pods as not ready. */
  async #beat(): Promise<void> {
    const lastHeartbeatTime = new Date().toISOString();
    const ready = { type: 'Ready', status: 'True', reason: 'Fake', lastHeartbeatTime };
    const status = { conditions: [ready], capacity: { pods: '1000' } };
    await this.#patch(`/api/v1/nodes/${this.#name}/status`, { status });
  }

  /** One step on the way of a pod: bound, running, ready, gone. */
  async #move(pod: Pod): Promise<void> {
    const path = `${this.#pods}/${pod.metadata.name}`;
    if (pod.metadata.deletionTimestamp) {
      await this.#api.call('DELETE', path, { body: { gracePeriodSeconds: 0 } });
    } else if (!pod.spec.nodeName) {
      await this.#bind(pod.metadata.name);
    } else if (!isReady(pod)) {
      await this.#patch(`${path}/status`, { status: nextStatus(pod) });
    }
  }

  async #bind(name: string): Promise<void> {
    const target = { apiVersion: 'v1', kind: 'Node', name: this.#name };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
    await this.#api.call('POST', `${this.#pods}/${name}/binding`, { body });
  }

  async #patch(path: string, body: object): Promise<void> {
    await this.#api.call('PATCH', path, { body, type: merge });
  }
}

const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') ?? false;

/** Running first, and ready at the next look. */
const nextStatus = ({ spec, status }: Pod): object => {
  const ready = status.phase === 'Running';
  const now = new Date().toISOString();
  return {
    phase: 'Running',
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: ready || type === 'PodScheduled' || type === 'Initialized' ? 'True' : 'False',
      lastTransitionTime: now,
    })),
    containerStatuses: spec.containers.map(({ name, image }) => ({
      ...{ name, image, imageID: image, ready, started: true, restartCount: 0 },
      state: { running: { startedAt: now } },
    })),
  };
};
