import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from '../containers/host-paths.ts';
import { PodData } from '../containers/pod-data.ts';
import { mountsOf, setUpVolumes, VolumeError } from '../containers/volumes.ts';
import type { NodeContext } from '../node-context.ts';
import { type Container, keyOf, type Pod } from '../wire-objects.ts';

/** Annotation of a Pod: the host port of its first declared container port. */
const hostPortAnnotation = 'rackless.dev/host-port';
/** Annotation of a Pod: all of them, `{"3000":23456}`. */
export const hostPortsAnnotation = 'rackless.dev/host-ports';

/** How often volumes that cannot be set up are tried again, in ms. */
const volumeRetry = 2000;

/** What a pod has before its containers: a folder and ports of its own. */
export class PodSandbox {
  readonly folder: string;
  readonly #node: NodeContext;
  readonly #pod: Pod;
  readonly #ports = new Map<number, number>();
  #open = false;

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node;
    this.#pod = pod;
    this.folder = join(node.podsFolder, pod.metadata?.uid ?? '');
  }

  get ready(): boolean {
    return this.#open;
  }

  get volumes(): string {
    return join(this.folder, 'volumes');
  }

  /** All host ports of the pod. */
  get ports(): Iterable<number> {
    return this.#ports.values();
  }

  /** Takes a host port for every declared container port and writes them on the pod. */
  async open(): Promise<void> {
    mkdirSync(this.volumes, { recursive: true });
    const declared = (this.#pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
    for (const { containerPort } of declared) {
      if (!this.#ports.has(containerPort)) {
        this.#ports.set(containerPort, await this.#node.ports.take());
      }
    }
    this.#annotate();
    this.#open = true;
  }

  /** Tries until the volumes are there; false when `stopping` aborts before. */
  async setUpVolumes(stopping: AbortSignal, onFailure: () => void): Promise<boolean> {
    const { store, events, clock } = this.#node;
    const data = new PodData(store, keyOf(this.#pod).namespace);
    while (!stopping.aborted) {
      try {
        await setUpVolumes(this.volumes, { pod: this.#pod, data });
        return true;
      } catch (error) {
        if (!(error instanceof VolumeError)) {
          throw error;
        }
        events.warning(this.#pod, 'FailedMount', error.message);
        onFailure();
      }
      await clock.sleep(volumeRetry, stopping);
    }
    return false;
  }

  close(): void {
    this.#node.ports.release(this.#ports.values());
    this.#open = false;
  }

  readonly portsOf = ({ ports = [] }: Container): ReadonlyMap<number, number> =>
    new Map(
      ports.map(({ containerPort }) => [
        containerPort,
        this.#ports.get(containerPort) ?? containerPort,
      ])
    );

  readonly mountsOf = (container: Container): readonly Mount[] =>
    mountsOf(container, this.#pod, this.volumes);

  #annotate(): void {
    const [first] = this.#ports.values();
    if (first === undefined) {
      return;
    }
    this.#node.store.modify('pods', keyOf(this.#pod), (pod) => ({
      ...pod,
      metadata: {
        ...pod.metadata,
        annotations: {
          ...pod.metadata?.annotations,
          [hostPortAnnotation]: `${first}`,
          [hostPortsAnnotation]: JSON.stringify(Object.fromEntries(this.#ports)),
        },
      },
    }));
  }
}
