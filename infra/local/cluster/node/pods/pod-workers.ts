import type { Change } from '../../object-store.ts';
import type { NodeContext } from '../node-context.ts';
import { asPod, keyOf, type Pod } from '../wire-objects.ts';
import { PodWorker } from './pod-worker.ts';

const nodeName = 'local';
/** How long processes have when the agent ends, in ms. */
const closeGrace = 5000;

/** One worker for every pod that the scheduler has put on this node. */
export class PodWorkers {
  readonly #node: NodeContext;
  readonly #workers = new Map<string, PodWorker>();
  readonly #leaving = new Set<Promise<void>>();
  #unsubscribe: () => void = () => undefined;

  constructor(node: NodeContext) {
    this.#node = node;
  }

  start(): void {
    const { store } = this.#node;
    this.#unsubscribe = store.subscribe('pods', (change) => this.#onChange(change));
    for (const pod of store.list('pods')) {
      this.#keep(asPod(pod));
    }
  }

  /** Resolves when no process of any pod is left. */
  async close(): Promise<void> {
    this.#unsubscribe();
    const closing = [...this.#workers.values()].map((worker) => worker.close(closeGrace));
    await Promise.all([...closing, ...this.#leaving]);
  }

  #onChange({ type, object }: Change): void {
    const pod = asPod(object);
    if (type === 'DELETED') {
      this.#drop(pod);
    } else {
      this.#keep(pod);
    }
  }

  #keep(pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    const worker = this.#workers.get(uid);
    if (worker !== undefined) {
      worker.update(pod);
    } else if (pod.spec?.nodeName === nodeName) {
      const created = new PodWorker(this.#node, pod);
      this.#workers.set(uid, created);
      created.start();
    }
  }

  #drop(pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    const leaving = this.#workers.get(uid)?.removed();
    this.#workers.delete(uid);
    if (leaving === undefined) {
      return;
    }
    const settled = leaving
      .catch((error: unknown) => {
        this.#node.log(`pod ${keyOf(pod).namespace}/${keyOf(pod).name}: ${error}`);
      })
      .finally(() => this.#leaving.delete(settled));
    this.#leaving.add(settled);
  }
}
