import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { parseQuantity } from '../../controllers/quantity.ts';
import { kubernetesTime } from '../clock.ts';
import { ContainerRun } from '../containers/container-run.ts';
import { execCommand } from '../containers/exec-command.ts';
import { StartError } from '../containers/start-process.ts';
import type { ContainerLog } from '../logs/container-log.ts';
import { type Container, podLabel, type Terminated } from '../wire-objects.ts';
import type { PreparedContainer } from './container-preparation.ts';
import { startProbes } from './container-probes.ts';
import type { ContainerReports } from './container-reports.ts';
import { runHook } from './lifecycle-hook.ts';
import type { ProbeTarget } from './perform-probe.ts';
import type { PodContext } from './pod-context.ts';
import { findIgnoredPort, ignoredPortSentence } from './port-watch.ts';
import { type EndedRun, endedState, startErrorState } from './terminated-state.ts';

export interface AttemptInput {
  readonly context: PodContext;
  readonly container: Container;
  readonly reports: ContainerReports;
  readonly prepared: PreparedContainer;
}

/** A hook after the start has no time limit of its own; timers have this one, in ms. */
const longestTimer = 2 ** 31 - 1;

/** One run of a container inside its pod: events, status, probes, hooks and how it ended. */
export class ContainerAttempt {
  readonly #input: AttemptInput;
  readonly #id = `process://${randomBytes(32).toString('hex')}`;
  readonly #over = new AbortController();
  readonly #startedAt: string;
  readonly #log: ContainerLog;
  #starting: Promise<ContainerRun> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(input: AttemptInput) {
    this.#input = input;
    const { context, container, reports } = input;
    this.#startedAt = kubernetesTime(context.node.clock.now());
    this.#log = context.node.logs.open(context.pod(), container.name, reports.status.restartCount);
  }

  /** Resolves when the container has ended, in whatever way. */
  async run(): Promise<Terminated> {
    const { reports, prepared, container } = this.#input;
    rmSync(prepared.messageFile, { force: true });
    reports.normal('Created', `Created container: ${container.name}`);
    this.#starting = this.#start();
    try {
      const run = await this.#starting;
      this.#onRunning(run);
      const exit = await run.exited;
      this.#over.abort();
      await this.#stopping;
      return endedState(this.#endedRun(), exit, this.#log.file);
    } catch (error) {
      if (!(error instanceof StartError)) {
        throw error;
      }
      reports.warning('Failed', `Error: ${error.message}`);
      return startErrorState(this.#endedRun(), error.message);
    }
  }

  /** Ends the run: preStop hook, SIGTERM, SIGKILL, in `grace` ms altogether or until `hurry` aborts. */
  stop(message: string, grace: number, hurry?: AbortSignal): Promise<void> {
    this.#stopping ??= this.#stop(message, grace, hurry);
    return this.#stopping;
  }

  async #stop(message: string, grace: number, hurry?: AbortSignal): Promise<void> {
    // A command that cannot be executed has nothing to stop; `run` tells of it.
    const run = await this.#starting?.catch(() => undefined);
    if (run === undefined || this.#over.signal.aborted) {
      return;
    }
    const { context, reports } = this.#input;
    reports.normal('Killing', message);
    const deadline = context.node.clock.now() + grace;
    await this.#preStop(grace, hurry);
    await run.stop(deadline - context.node.clock.now(), hurry);
  }

  async #preStop(grace: number, hurry?: AbortSignal): Promise<void> {
    const { context, container, reports } = this.#input;
    const hook = container.lifecycle?.preStop;
    if (hook === undefined || grace <= 0) {
      return;
    }
    const { clock } = context.node;
    const signal = AbortSignal.any([this.#over.signal, ...(hurry === undefined ? [] : [hurry])]);
    const cut = clock.sleep(grace, signal);
    const action = runHook(hook, { clock, timeout: grace, target: this.#probeTarget(), signal });
    await Promise.race([
      action.catch(() => reports.warning('FailedPreStopHook', 'PreStopHook failed')),
      cut,
    ]);
  }

  #endedRun(): EndedRun {
    const { context, container, prepared } = this.#input;
    return {
      containerID: this.#id,
      startedAt: this.#startedAt,
      now: context.node.clock.now(),
      messageFile: prepared.messageFile,
      messagePolicy: container.terminationMessagePolicy,
    };
  }

  #start(): Promise<ContainerRun> {
    const { context, container, prepared } = this.#input;
    const { ledger, clock } = context.node;
    const label = `${container.name} of ${podLabel(context.pod())}`;
    return ContainerRun.start(prepared.description, { ledger, clock, label, log: this.#log });
  }

  #onRunning(run: ContainerRun): void {
    const { context, container, reports, prepared } = this.#input;
    reports.normal('Started', `Started container ${container.name}`);
    reports.update({
      containerID: this.#id,
      imageID: prepared.image.imageId,
      state: { running: { startedAt: this.#startedAt } },
      ready: false,
      started: false,
    });
    this.#limitMemory(run);
    this.#watchPort(run);
    this.#postStart(run);
    startProbes({
      container,
      target: this.#probeTarget(),
      clock: context.node.clock,
      signal: AbortSignal.any([this.#over.signal, context.stopping]),
      listener: {
        onStarted: () => reports.update({ started: true }),
        onReady: (ready) => reports.update({ ready }),
        onUnhealthy: (message) => reports.warning('Unhealthy', message),
        onDead: (which) => this.#onDead(which),
      },
    });
  }

  #limitMemory(run: ContainerRun): void {
    const { context, container } = this.#input;
    const { memory } = container.resources?.limits ?? {};
    if (memory !== undefined) {
      const limit = parseQuantity(memory);
      const stop = context.node.memory.watch(run.pid, limit, () => run.killForMemory());
      this.#over.signal.addEventListener('abort', stop, { once: true });
    }
  }

  #watchPort(run: ContainerRun): void {
    const { context, container, reports } = this.#input;
    const expected = [...context.portsOf(container).values()];
    if (expected.length === 0) {
      return;
    }
    const watch = {
      group: run.pid,
      expected,
      clock: context.node.clock,
      signal: this.#over.signal,
    };
    void findIgnoredPort(watch).then((open) => {
      if (open !== undefined && !this.#over.signal.aborted) {
        const sentence = ignoredPortSentence(container.name, open, expected);
        reports.warning('PortIgnored', sentence);
        this.#log.write('stderr', Buffer.from(`rackless: ${sentence}\n`));
      }
    });
  }

  #postStart(run: ContainerRun): void {
    const { context, container, reports } = this.#input;
    const hook = container.lifecycle?.postStart;
    if (hook === undefined) {
      return;
    }
    const { clock } = context.node;
    const target = this.#probeTarget();
    runHook(hook, { clock, timeout: longestTimer, target, signal: this.#over.signal }).catch(() => {
      if (!this.#over.signal.aborted) {
        reports.warning('FailedPostStartHook', 'PostStartHook failed');
        void run.stop(0);
      }
    });
  }

  #onDead(which: 'startup' | 'liveness'): void {
    const { context, container } = this.#input;
    const probe = which === 'startup' ? container.startupProbe : container.livenessProbe;
    const seconds =
      probe?.terminationGracePeriodSeconds ??
      context.pod().spec?.terminationGracePeriodSeconds ??
      30;
    void this.stop(
      `Container ${container.name} failed ${which} probe, will be restarted`,
      seconds * 1000
    );
  }

  #probeTarget(): ProbeTarget {
    const { context, container, prepared } = this.#input;
    return {
      portOf: (port) => {
        const number = portNumber(container, port);
        return context.portsOf(container).get(number) ?? number;
      },
      exec: (command, timeout) =>
        execCommand(prepared.exec(command), {
          ledger: context.node.ledger,
          timeout,
          signal: this.#over.signal,
        }),
    };
  }
}

const portNumber = ({ ports = [] }: Container, port: number | string): number => {
  const named = ports.find(({ name }) => name === port)?.containerPort;
  return named ?? Number(port);
};
