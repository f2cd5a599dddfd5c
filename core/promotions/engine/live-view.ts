import { ClusterError } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import type { Cluster } from '../../kubernetes/ports.ts';

export interface ViewRequest {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly selector: string;
  /** Events of the namespace from this version on. */
  readonly eventsFrom: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onEvent: (event: KubernetesObject) => void;
}

const watched = ['Deployment', 'Pod'] as const;
const retryAfter = 500;

/**
 * The app's Deployments and pods as they are now, kept up to date by watches. A lost watch, a 410
 * or an API server that is away only makes it stand still: it lists and watches again by itself.
 */
export class LiveView {
  readonly #request: ViewRequest;
  readonly #stop = new AbortController();
  readonly #objects = new Map<string, KubernetesObject>();
  /** Watches that are open; the view is current while all of them are. */
  readonly #open = new Set<string>();
  #wake: () => void = () => undefined;
  #refused: ClusterError | undefined;

  constructor(request: ViewRequest) {
    this.#request = request;
    for (const kind of watched) void this.#follow(kind);
    void this.#followEvents();
  }

  get objects(): Iterable<KubernetesObject> {
    return this.#objects.values();
  }

  /** False while anything could have changed unseen. */
  get isCurrent(): boolean {
    return watched.every((kind) => this.#open.has(kind));
  }

  /** The API server's no to a list or watch (401, 403), which waiting does not mend. */
  get refused(): ClusterError | undefined {
    return this.#refused;
  }

  /** Ends at the next change, or after so many milliseconds. */
  async changed(atMost: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, atMost);
    });
    clearTimeout(timer);
  }

  close(): void {
    this.#stop.abort();
  }

  async #follow(kind: (typeof watched)[number]): Promise<void> {
    const { namespace, selector, cluster } = this.#request;
    while (!this.#stop.signal.aborted) {
      await this.#attempt(kind, async () => {
        const list = await cluster.list(kind, namespace, selector);
        this.#replace(kind, list.items);
        this.#open.add(kind);
        this.#wake();
        await cluster.watch({
          kind,
          namespace,
          selector,
          resourceVersion: list.resourceVersion,
          signal: this.#stop.signal,
          onChange: (type, object) => this.#change(type, object),
        });
      });
    }
  }

  /** Events matter for the story, not for the verdict: their loss makes the view no less current. */
  async #followEvents(): Promise<void> {
    const { namespace, cluster, onEvent, eventsFrom } = this.#request;
    let from = eventsFrom;
    while (!this.#stop.signal.aborted) {
      await this.#attempt('Event', async () => {
        const end = await cluster.watch({
          kind: 'Event',
          namespace,
          resourceVersion: from,
          signal: this.#stop.signal,
          onChange: (type, event) => {
            from = event.metadata.resourceVersion ?? from;
            if (type !== 'DELETED') onEvent(event);
            this.#wake();
          },
        });
        if (end === 'expired') from = await this.#relistEvents();
      });
    }
  }

  async #relistEvents(): Promise<string> {
    const { cluster, namespace, onEvent } = this.#request;
    const list = await cluster.list('Event', namespace);
    for (const event of list.items) onEvent(event);
    return list.resourceVersion;
  }

  async #attempt(kind: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#refused = undefined;
    } catch (error) {
      if (error instanceof ClusterError && error.status !== 410) this.#refused = error;
      if (!this.#stop.signal.aborted) await this.#request.sleep(retryAfter);
    } finally {
      this.#open.delete(kind);
    }
  }

  #replace(kind: string, items: readonly KubernetesObject[]): void {
    for (const [key, object] of this.#objects) {
      if (object.kind === kind) this.#objects.delete(key);
    }
    for (const item of items) this.#objects.set(objectKey(item), item);
  }

  #change(type: string, object: KubernetesObject): void {
    if (type === 'DELETED') this.#objects.delete(objectKey(object));
    else this.#objects.set(objectKey(object), object);
    this.#wake();
  }
}
