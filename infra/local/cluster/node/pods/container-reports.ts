import type { Container, ContainerState, ContainerStatus } from '../wire-objects.ts';
import type { ContainerList, PodContext } from './pod-context.ts';

/** A container's status as it is told to the API, and its events. */
export class ContainerReports {
  readonly #context: PodContext;
  readonly #fieldPath: string;
  #status: ContainerStatus;

  constructor(context: PodContext, list: ContainerList, container: Container) {
    this.#context = context;
    this.#fieldPath = `spec.${list}{${container.name}}`;
    this.#status = {
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: 'PodInitializing' } },
      lastState: {},
    };
  }

  get status(): ContainerStatus {
    return this.#status;
  }

  /** Changes the status and has the pod's status written. */
  update(change: Partial<ContainerStatus>): void {
    this.amend(change);
    this.#context.changed();
  }

  /** Changes the status without a word: an `update` follows. */
  amend(change: Partial<ContainerStatus>): void {
    this.#status = { ...this.#status, ...change };
  }

  waiting(reason: string, message?: string): void {
    const waiting = message === undefined ? { reason } : { reason, message };
    this.update({ state: { waiting }, ...this.#pastState(), ready: false, started: false });
  }

  normal(reason: string, message: string): void {
    this.#event('Normal', reason, message);
  }

  warning(reason: string, message: string): void {
    this.#event('Warning', reason, message);
  }

  /** An exit moves to `lastState` when something else becomes the state. */
  #pastState(): { lastState: ContainerState } | undefined {
    const terminated = this.#status.state?.terminated;
    return terminated === undefined ? undefined : { lastState: { terminated } };
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { node, pod } = this.#context;
    node.events.ofContainer(pod(), this.#fieldPath, { type, reason, message });
  }
}
