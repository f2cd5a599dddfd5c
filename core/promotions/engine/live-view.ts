import type { Clock } from '../../clock.ts';
import {
  ClusterError,
  ClusterSilentError,
  ClusterUnreachableError,
} from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import { byVersion, isNewer } from './event-version.ts';

export interface ViewRequest {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly selector: string;
  /** Events of the namespace from this version on. */
  readonly eventsFrom: string;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onEvent: (event: KubernetesObject) => void;
}

const watched = ['Deployment', 'Pod'] as const;
/** After an error, and between two watches: a server that ends each at once is not run over. */
const retryAfter = 500;
const breath = 50;
/** A server that has said nothing for this long is asked for a sign of life. */
const quiet = 2_000;
/** And after this long without one, what was seen last may be wrong. */
const silence = 5_000;
/** A sign that takes longer is not waited for: a network may have forgotten the connections. */
const signLimit = 3_000;

/**
 * The app's Deployments and pods as they are now, kept up to date by watches. A lost watch, a 410
 * or an API server that is away or hangs only makes it stand still: it lists and watches again by
 * itself.
 */
export class LiveView {
  readonly #request: ViewRequest;
  readonly #stop = new AbortController();
  /** Ends the watches that are open; others follow. */
  #renew = new AbortController();
  readonly #objects = new Map<string, KubernetesObject>();
  /** Watches that are open; the view is current while all of them are. */
  readonly #open = new Set<string>();
  readonly #refused = new Map<string, ClusterError>();
  #silence: ClusterUnreachableError | undefined;
  #heard: number;
  #isAsking = false;
  #hasChanged = false;
  #wake: () => void = () => undefined;

  constructor(request: ViewRequest) {
    this.#request = request;
    this.#heard = request.clock();
    for (const kind of watched) void this.#follow(kind);
    void this.#followEvents();
  }

  get objects(): Iterable<KubernetesObject> {
    return this.#objects.values();
  }

  /** False while anything could have changed unseen. */
  get isCurrent(): boolean {
    return watched.every((kind) => this.#open.has(kind)) && this.#silentFor() <= silence;
  }

  /** The API server's no to a list or watch (401, 403). */
  get refused(): ClusterError | undefined {
    return watched.map((kind) => this.#refused.get(kind)).find((it) => it);
  }

  /** How the last request that got no answer ended. */
  get silence(): ClusterUnreachableError | undefined {
    return this.#silence;
  }

  /** Ends at the next change, or after so many milliseconds. */
  async changed(atMost: number): Promise<void> {
    this.#askForSign();
    if (!this.#hasChanged) await this.#nextChange(atMost);
    this.#hasChanged = false;
  }

  /** Reads everything anew. Throws what the server answers, or that it does not. */
  async refresh(): Promise<void> {
    const { cluster, namespace, selector } = this.#request;
    const lists = await Promise.all(watched.map((it) => cluster.list(it, namespace, selector)));
    for (const [index, kind] of watched.entries()) this.#replace(kind, lists[index]?.items ?? []);
  }

  close(): void {
    this.#stop.abort();
    this.#notify();
  }

  async #nextChange(atMost: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, atMost);
    });
    clearTimeout(timer);
  }

  #notify(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  #silentFor(): number {
    return this.#request.clock() - this.#heard;
  }

  #hear(): void {
    this.#heard = this.#request.clock();
  }

  /** A watch that hangs looks like one on which nothing happens. */
  #askForSign(): void {
    if (this.#isAsking || this.#silentFor() < quiet) return;
    this.#isAsking = true;
    void this.#awaitSign().finally(() => {
      this.#isAsking = false;
    });
  }

  /** Without one the watches are opened anew: a connection that is lost on the way never ends by itself. */
  async #awaitSign(): Promise<void> {
    const { cluster, namespace, sleep } = this.#request;
    const none = sleep(signLimit).then(() => {
      throw new ClusterSilentError();
    });
    try {
      await Promise.race([cluster.get('Namespace', undefined, namespace), none]);
      this.#hear();
    } catch (error) {
      if (error instanceof ClusterError) this.#hear();
      else this.#reopen();
    }
  }

  #reopen(): void {
    this.#renew.abort();
    this.#renew = new AbortController();
  }

  /** Ends with the view, or when the watches are opened anew. */
  get #signal(): AbortSignal {
    return AbortSignal.any([this.#stop.signal, this.#renew.signal]);
  }

  async #follow(kind: (typeof watched)[number]): Promise<void> {
    const { namespace, selector, cluster } = this.#request;
    while (!this.#stop.signal.aborted) {
      await this.#attempt(kind, async () => {
        const list = await cluster.list(kind, namespace, selector);
        this.#replace(kind, list.items);
        this.#open.add(kind);
        this.#refused.delete(kind);
        this.#notify();
        await cluster.watch({
          kind,
          namespace,
          selector,
          resourceVersion: list.resourceVersion,
          signal: this.#signal,
          onChange: (type, object) => this.#change(type, object),
        });
      });
    }
  }

  /** Events matter for the story, not for the verdict: their loss makes the view no less current. */
  async #followEvents(): Promise<void> {
    const { namespace, cluster, onEvent } = this.#request;
    let from = this.#request.eventsFrom;
    while (!this.#stop.signal.aborted) {
      await this.#attempt('Event', async () => {
        const end = await cluster.watch({
          kind: 'Event',
          namespace,
          resourceVersion: from,
          signal: this.#signal,
          onChange: (type, event) => {
            from = event.metadata.resourceVersion ?? from;
            if (type !== 'DELETED') onEvent(event);
            this.#notify();
          },
        });
        if (end === 'expired') from = await this.#relistEvents(from);
      });
    }
  }

  async #relistEvents(last: string): Promise<string> {
    const { cluster, namespace, onEvent } = this.#request;
    const list = await cluster.list('Event', namespace);
    const missed = list.items.filter((it) => isNewer(it, last)).toSorted(byVersion);
    for (const event of missed) onEvent(event);
    return list.resourceVersion;
  }

  async #attempt(kind: string, work: () => Promise<void>): Promise<void> {
    let pause = breath;
    try {
      await work();
    } catch (error) {
      pause = retryAfter;
      if (error instanceof ClusterError && error.status !== 410) this.#refused.set(kind, error);
      if (error instanceof ClusterUnreachableError) this.#silence = error;
    } finally {
      this.#open.delete(kind);
    }
    if (!this.#stop.signal.aborted) await this.#request.sleep(pause);
  }

  #replace(kind: string, items: readonly KubernetesObject[]): void {
    if (this.#stop.signal.aborted) return;
    this.#hear();
    for (const [key, object] of this.#objects) {
      if (object.kind === kind) this.#objects.delete(key);
    }
    for (const item of items) this.#objects.set(objectKey(item), withoutManagers(item));
  }

  #change(type: string, object: KubernetesObject): void {
    this.#hear();
    if (type === 'DELETED') this.#objects.delete(objectKey(object));
    else this.#objects.set(objectKey(object), withoutManagers(object));
    this.#notify();
  }
}

/** Half of a pod's size, and nothing that a verdict asks for. */
const withoutManagers = (object: KubernetesObject): KubernetesObject => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};
