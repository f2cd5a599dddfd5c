import { rmSync } from 'node:fs';
import type { NodeContext } from '../node-context.ts';
import { keyOf, type Pod } from '../wire-objects.ts';
import { ContainerRunner } from './container-runner.ts';
import { deadlineFailure, deadlinePassed } from './pod-deadline.ts';
import { PodSandbox } from './pod-sandbox.ts';
import { isEnded } from './pod-status.ts';
import { PodStatusWriter } from './pod-status-writer.ts';

const defaultGrace = 30;
/** How long a stopping pod may finish requests, in ms, before it is told to stop. */
const longestDrain = 5000;

/** Runs one pod from its arrival on the node until its processes are gone. */
export class PodWorker {
  readonly #node: NodeContext;
  readonly #sandbox: PodSandbox;
  readonly #status: PodStatusWriter;
  readonly #init: readonly ContainerRunner[];
  readonly #containers: readonly ContainerRunner[];
  readonly #stopping = new AbortController();
  readonly #hurry = new AbortController();
  #pod: Pod;
  #work: Promise<void> = Promise.resolve();
  #isTerminating: boolean = false;
  #end: Promise<void> | undefined;

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node;
    this.#pod = pod;
    this.#sandbox = new PodSandbox(node, pod);
    const context = {
      node,
      pod: () => this.#pod,
      folder: this.#sandbox.folder,
      stopping: this.#stopping.signal,
      portsOf: this.#sandbox.portsOf,
      mountsOf: this.#sandbox.mountsOf,
      changed: () => this.#status.write(),
    };
    const { initContainers = [], containers = [] } = pod.spec ?? {};
    this.#init = initContainers.map((one) => new ContainerRunner(context, 'initContainers', one));
    this.#containers = containers.map((one) => new ContainerRunner(context, 'containers', one));
    this.#status = new PodStatusWriter(node, {
      pod: () => this.#pod,
      init: () => this.#init.map(({ status }) => status),
      containers: () => this.#containers.map(({ status }) => status),
      sandboxReady: () => this.#sandbox.ready,
    });
  }

  start(): void {
    this.#work = this.#run().catch((error: unknown) => this.#complain(error));
    this.update(this.#pod);
  }

  #complain(error: unknown): void {
    const { namespace, name } = keyOf(this.#pod);
    this.#node.log(`pod ${namespace}/${name}: ${error}`);
  }

  /** The stored pod has changed. A deletion begins, or its grace period was cut. */
  update(pod: Pod): void {
    const graceBefore = this.#pod.metadata?.deletionGracePeriodSeconds;
    this.#pod = pod;
    const { deletionTimestamp, deletionGracePeriodSeconds: grace = defaultGrace } =
      pod.metadata ?? {};
    if (deletionTimestamp === undefined) {
      return;
    }
    if (!this.#isTerminating) {
      this.#isTerminating = true;
      this.#terminate(grace * 1000).catch((error: unknown) => this.#complain(error));
    } else if (graceBefore !== undefined && grace < graceBefore) {
      void this.#node.clock.sleep(grace * 1000, this.#hurry.signal).then(() => this.#hurry.abort());
    }
  }

  /** The pod is not stored any more, so nobody waits for a clean end. */
  async removed(): Promise<void> {
    this.#status.mute();
    this.#hurry.abort();
    await this.#stop(0);
    this.#release();
  }

  /** The agent ends: processes go, what is stored stays as it is. */
  async close(grace: number): Promise<void> {
    this.#status.mute();
    void this.#node.clock.sleep(grace, this.#hurry.signal).then(() => this.#hurry.abort());
    await this.#stop(grace);
    this.#hurry.abort();
  }

  async #terminate(grace: number): Promise<void> {
    this.#status.terminating();
    // Probes end, and what exits from now on is not started again.
    this.#stopping.abort();
    const { clock } = this.#node;
    const end = clock.now() + grace;
    await this.#drain(grace);
    await this.#stop(Math.max(0, end - clock.now()));
    this.#status.write();
    this.#release();
    this.#removeStored();
  }

  /**
   * Nothing new is led to the pod from now on; what it is answering may come to its end. In a
   * container that is so for any process, because the first process of one ignores SIGTERM by default.
   */
  async #drain(grace: number): Promise<void> {
    const { clock, requests } = this.#node;
    const ports = [...this.#sandbox.ports];
    const longest = clock.sleep(Math.min(grace, longestDrain), this.#hurry.signal);
    await Promise.race([requests.none(ports), longest]);
  }

  #stop(grace: number): Promise<void> {
    this.#end ??= this.#stopContainers(grace);
    return this.#end;
  }

  async #stopContainers(grace: number): Promise<void> {
    this.#stopping.abort();
    await Promise.all(
      [...this.#init, ...this.#containers].map((runner) =>
        runner.stop({
          message: `Stopping container ${runner.status.name}`,
          grace,
          hurry: this.#hurry.signal,
        })
      )
    );
    await this.#work;
  }

  async #run(): Promise<void> {
    if (isEnded(this.#pod.status?.phase ?? '')) {
      this.#restore();
      return;
    }
    this.#resume();
    this.#watchDeadline();
    await this.#sandbox.open();
    const onFailure = (): void => this.#status.write();
    if (!(await this.#sandbox.setUpVolumes(this.#stopping.signal, onFailure))) {
      return;
    }
    this.#status.write();
    if (await this.#runInitContainers()) {
      await Promise.all(this.#containers.map((runner) => runner.run()));
    }
    this.#status.write();
  }

  /** After a restart of the agent: the earlier processes are gone, their history is not. */
  #resume(): void {
    const { containerStatuses = [] } = this.#pod.status ?? {};
    for (const previous of containerStatuses) {
      this.#containers.find(({ status }) => status.name === previous.name)?.resume(previous);
    }
  }

  /** Of a pod that has ended only the status is left. */
  #restore(): void {
    const { containerStatuses = [], initContainerStatuses = [] } = this.#pod.status ?? {};
    const runners = [...this.#init, ...this.#containers];
    for (const previous of [...initContainerStatuses, ...containerStatuses]) {
      runners.find(({ status }) => status.name === previous.name)?.restore(previous);
    }
  }

  async #runInitContainers(): Promise<boolean> {
    for (const runner of this.#init) {
      if ((await runner.run()) !== 0) {
        return false;
      }
    }
    return true;
  }

  #watchDeadline(): void {
    const over = new AbortController();
    void this.#afterWork(() => over.abort());
    const signal = AbortSignal.any([this.#stopping.signal, over.signal]);
    void deadlinePassed(this.#pod, this.#node.clock, signal).then(async (passed) => {
      if (passed) {
        this.#node.events.normal(this.#pod, deadlineFailure.reason, deadlineFailure.message);
        this.#status.fail(deadlineFailure);
        const { terminationGracePeriodSeconds = defaultGrace } = this.#pod.spec ?? {};
        await this.#stop(terminationGracePeriodSeconds * 1000);
        this.#status.write();
      }
    });
  }

  async #afterWork(action: () => void): Promise<void> {
    // One turn later, when `start` has noted the work.
    await Promise.resolve();
    await this.#work;
    action();
  }

  #release(): void {
    this.#sandbox.close();
    this.#node.logs.remove(this.#pod);
    this.#node.events.forget(this.#pod);
    rmSync(this.#sandbox.folder, { recursive: true, force: true });
  }

  #removeStored(): void {
    const { namespace, name } = keyOf(this.#pod);
    const { store } = this.#node;
    const stored = store.get('pods', namespace, name);
    if (stored?.metadata?.uid !== this.#pod.metadata?.uid) {
      return;
    }
    if ((stored?.metadata?.finalizers ?? []).length === 0) {
      store.remove('pods', namespace, name);
      return;
    }
    // The store removes it with its last finalizer, once no grace period is left.
    store.modify('pods', { namespace, name }, (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 },
    }));
  }
}
