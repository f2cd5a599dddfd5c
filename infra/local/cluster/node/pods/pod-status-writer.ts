import type { NodeContext } from '../node-context.ts';
import { asPod, asStored, type ContainerStatus, keyOf, type Pod } from '../wire-objects.ts';
import { podStatus } from './pod-status.ts';

export interface StatusSources {
  readonly pod: () => Pod;
  readonly init: () => readonly ContainerStatus[];
  readonly containers: () => readonly ContainerStatus[];
  readonly sandboxReady: () => boolean;
}

/** Writes a pod's status to the store, whole, each time something in it changed. */
export class PodStatusWriter {
  readonly #node: NodeContext;
  readonly #sources: StatusSources;
  #terminating = false;
  #muted: boolean = false;
  #failure: { readonly reason: string; readonly message: string } | undefined;

  constructor(node: NodeContext, sources: StatusSources) {
    this.#node = node;
    this.#sources = sources;
  }

  write(): void {
    if (this.#muted) {
      return;
    }
    const { pod, init, containers, sandboxReady } = this.#sources;
    const uid = pod().metadata?.uid;
    this.#node.store.modify('pods', keyOf(pod()), (object) => {
      const stored = asPod(object);
      if (stored.metadata?.uid !== uid) {
        return object;
      }
      const status = podStatus({
        pod: stored,
        init: init(),
        containers: containers(),
        sandboxReady: sandboxReady(),
        terminating: this.#terminating,
        failure: this.#failure,
        now: this.#node.clock.now(),
      });
      return asStored({ ...stored, status });
    });
  }

  /** The pod is being deleted: it is not ready from now on. */
  terminating(): void {
    this.#terminating = true;
    this.write();
  }

  /** The pod has failed, whatever its containers do. */
  fail(failure: { readonly reason: string; readonly message: string }): void {
    this.#failure = failure;
    this.write();
  }

  /** Nothing is written any more. */
  mute(): void {
    this.#muted = true;
  }
}
