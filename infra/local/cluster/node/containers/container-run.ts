import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { signalGroup } from '../host/process-group.ts';
import type { ProcessLedger } from '../host/process-ledger.ts';
import type { ContainerLog } from '../logs/container-log.ts';
import { type ProcessDescription, startProcess } from './start-process.ts';

export interface Exit {
  /** 128 + the signal's number for a process that a signal ended. */
  readonly exitCode: number;
  readonly reason: 'Completed' | 'Error' | 'OOMKilled';
}

export interface RunDependencies {
  readonly ledger: ProcessLedger;
  readonly clock: Clock;
  readonly log: ContainerLog;
  /** For the ledger, to name what it kills. */
  readonly label: string;
}

/** Output may be held open by a process that left the group; it is not waited for. */
const outputGrace = 500;

/** One run of a container: a process group, its log and its end. */
export class ContainerRun {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #dependencies: RunDependencies;
  #forcedExit: Exit | undefined;

  private constructor(
    child: ChildProcess & { readonly pid: number },
    dependencies: RunDependencies
  ) {
    this.pid = child.pid;
    this.#dependencies = dependencies;
    const { log } = dependencies;
    child.stdout?.on('data', (chunk: Buffer) => log.write('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => log.write('stderr', chunk));
    this.exited = this.#waitForExit(child);
  }

  /** Throws `StartError`; the log is ended then. */
  static async start(
    description: ProcessDescription,
    dependencies: RunDependencies
  ): Promise<ContainerRun> {
    const { ledger, label, log } = dependencies;
    try {
      const child = await startProcess(description, (pid) => ledger.add(pid, label));
      return new ContainerRun(child, dependencies);
    } catch (error) {
      log.end();
      throw error;
    }
  }

  /** SIGTERM to the group, SIGKILL after `grace` ms or as soon as `hurry` aborts. */
  async stop(grace: number, hurry?: AbortSignal): Promise<Exit> {
    if (grace > 0 && signalGroup(this.pid, 'SIGTERM')) {
      const waiting = new AbortController();
      const cut = hurry === undefined ? waiting.signal : AbortSignal.any([hurry, waiting.signal]);
      await Promise.race([this.exited, this.#dependencies.clock.sleep(grace, cut)]);
      waiting.abort();
    }
    signalGroup(this.pid, 'SIGKILL');
    return this.exited;
  }

  /** What the kernel does to a container above its memory limit. */
  killForMemory(): void {
    this.#forcedExit = { exitCode: 137, reason: 'OOMKilled' };
    signalGroup(this.pid, 'SIGKILL');
  }

  async #waitForExit(child: ChildProcess): Promise<Exit> {
    const closed = once(child, 'close');
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // A container ends with its first process, whatever that has started.
    signalGroup(this.pid, 'SIGKILL');
    const waiting = new AbortController();
    await Promise.race([closed, delay(outputGrace, undefined, { signal: waiting.signal })]);
    waiting.abort();
    child.stdout?.destroy();
    child.stderr?.destroy();
    this.#dependencies.ledger.remove(this.pid);
    this.#dependencies.log.end();
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    return this.#forcedExit ?? { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
  }
}
