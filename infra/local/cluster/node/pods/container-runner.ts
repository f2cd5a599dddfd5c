import { kubernetesTime } from '../clock.ts';
import { ContainerConfigError } from '../containers/container-config-error.ts';
import {
  type Container,
  type ContainerStatus,
  podLabel,
  type Terminated,
} from '../wire-objects.ts';
import { BackOff, goDuration } from './back-off.ts';
import { ContainerAttempt } from './container-attempt.ts';
import {
  CreateContainerError,
  type PreparedContainer,
  prepareContainer,
} from './container-preparation.ts';
import { ContainerReports } from './container-reports.ts';
import { ImageAcquisition } from './image-acquisition.ts';
import type { ContainerList, PodContext } from './pod-context.ts';

/** How often a container that cannot be described is tried again, in ms. */
const configRetry = 2000;
/** How often a waiting container says so in an event, in ms. */
const backOffReminder = 15_000;

export interface StopRequest {
  readonly message: string;
  /** In ms. */
  readonly grace: number;
  readonly hurry: AbortSignal;
}

/** Keeps one container of a pod running as its restart policy says. */
export class ContainerRunner {
  readonly #context: PodContext;
  readonly #container: Container;
  readonly #list: ContainerList;
  readonly #reports: ContainerReports;
  readonly #images: ImageAcquisition;
  readonly #backOff = new BackOff();
  #attempt: ContainerAttempt | undefined;
  #isRestart: boolean = false;
  #finishedAt = 0;

  constructor(context: PodContext, list: ContainerList, container: Container) {
    this.#context = context;
    this.#container = container;
    this.#list = list;
    this.#reports = new ContainerReports(context, list, container);
    this.#images = new ImageAcquisition(context, container, this.#reports);
  }

  get status(): ContainerStatus {
    return this.#reports.status;
  }

  /** Shows a container of a pod that has ended as an earlier agent left it. */
  restore(previous: ContainerStatus): void {
    this.#reports.amend(previous);
  }

  /** Takes over what an earlier agent knew of this container; its process is gone. */
  resume(previous: ContainerStatus): void {
    const { state = {}, lastState = {}, restartCount, imageID } = previous;
    const terminated = state.terminated ?? (state.running && this.#lost(previous));
    const kept = terminated === undefined ? { lastState } : { state: { terminated }, lastState };
    this.#reports.update({ restartCount, imageID, ...kept });
    this.#isRestart = lastState.terminated !== undefined;
    if (terminated !== undefined && this.#wantsRestart(terminated.exitCode)) {
      this.#reports.waiting('ContainerCreating');
      this.#isRestart = true;
    }
  }

  /** Resolves with the last exit code, or undefined when the pod was stopped before one. */
  async run(): Promise<number | undefined> {
    const finished = this.status.state?.terminated;
    if (finished !== undefined) {
      return finished.exitCode;
    }
    this.#reports.waiting(this.#list === 'containers' ? 'ContainerCreating' : 'PodInitializing');
    while (!this.#context.stopping.aborted) {
      const end = await this.#runOnce();
      if (
        end === undefined ||
        this.#context.stopping.aborted ||
        !this.#wantsRestart(end.exitCode)
      ) {
        return end?.exitCode;
      }
      await this.#waitBeforeRestart();
    }
    return undefined;
  }

  /** Ends the current run, if there is one. */
  async stop({ message, grace, hurry }: StopRequest): Promise<void> {
    await this.#attempt?.stop(message, grace, hurry);
  }

  async #runOnce(): Promise<Terminated | undefined> {
    const { node, stopping } = this.#context;
    const prepared = await this.#prepare();
    if (prepared === undefined || stopping.aborted) {
      return undefined;
    }
    this.#countRestart();
    this.#attempt = new ContainerAttempt({
      context: this.#context,
      container: this.#container,
      reports: this.#reports,
      prepared,
    });
    const terminated = await this.#attempt.run();
    this.#attempt = undefined;
    this.#finishedAt = node.clock.now();
    const isStartError = terminated.reason === 'StartError';
    this.#reports.update({
      containerID: terminated.containerID ?? '',
      imageID: prepared.image.imageId,
      state: { terminated },
      ready: this.#list === 'initContainers' && terminated.exitCode === 0,
      started: false,
    });
    if (isStartError && this.#wantsRestart(terminated.exitCode)) {
      this.#reports.waiting('RunContainerError', terminated.message);
    }
    return terminated;
  }

  /** A restart counts when the new run begins, not while it is waited for. */
  #countRestart(): void {
    if (this.#isRestart) {
      const { state, lastState = {}, restartCount } = this.status;
      const past = state?.terminated === undefined ? lastState : { terminated: state.terminated };
      this.#reports.amend({ restartCount: restartCount + 1, lastState: past });
    }
    this.#isRestart = false;
  }

  async #prepare(): Promise<PreparedContainer | undefined> {
    const { stopping, node } = this.#context;
    const image = await this.#images.acquire();
    while (image !== undefined && !stopping.aborted) {
      try {
        return prepareContainer(this.#context, this.#container, image);
      } catch (error) {
        const reason = configReason(error);
        const { message } = error as Error;
        this.#reports.warning('Failed', `Error: ${message}`);
        this.#reports.waiting(reason, message);
      }
      await node.clock.sleep(configRetry, stopping);
    }
    return undefined;
  }

  async #waitBeforeRestart(): Promise<void> {
    const { node, stopping, pod } = this.#context;
    const { clock } = node;
    const { name } = this.#container;
    const left = (): number => this.#backOff.remaining(this.#finishedAt, clock.now());
    if (left() > 0) {
      const delay = goDuration(this.#backOff.delay);
      const label = podLabel(pod());
      this.#reports.waiting(
        'CrashLoopBackOff',
        `back-off ${delay} restarting failed container=${name} pod=${label}`
      );
      while (left() > 0 && !stopping.aborted) {
        this.#reports.warning(
          'BackOff',
          `Back-off restarting failed container ${name} in pod ${label}`
        );
        await clock.sleep(Math.min(left(), backOffReminder), stopping);
      }
    }
    this.#backOff.next(clock.now());
    this.#isRestart = true;
  }

  /** As after a reboot of a node: nobody saw how the process ended. */
  #lost({ state, containerID }: ContainerStatus): Terminated {
    return {
      ...(containerID === undefined ? {} : { containerID }),
      exitCode: 255,
      reason: 'Unknown',
      ...(state?.running?.startedAt === undefined ? {} : { startedAt: state.running.startedAt }),
      finishedAt: kubernetesTime(this.#context.node.clock.now()),
    };
  }

  #wantsRestart(exitCode: number): boolean {
    const { restartPolicy = 'Always' } = this.#context.pod().spec ?? {};
    const policy =
      this.#list === 'initContainers' && restartPolicy === 'Always' ? 'OnFailure' : restartPolicy;
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }
}

const configReason = (error: unknown): string => {
  if (error instanceof ContainerConfigError) {
    return 'CreateContainerConfigError';
  }
  if (error instanceof CreateContainerError) {
    return error.name;
  }
  throw error;
};
