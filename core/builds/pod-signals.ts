import type { Cluster } from '../kubernetes/ports.ts';
import type { LogSource } from '../logs/log-source.ts';

export interface PodSignalsDependencies {
  readonly cluster: Pick<Cluster, 'watch' | 'followLogs'>;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** `pods`: one of them has changed. `output`: a container has written. `time`: neither, for a while. */
export type PodSignal = 'pods' | 'output' | 'time';

interface Watched {
  readonly namespace: string;
  readonly selector: string;
}

/**
 * Says when there is something new to read of some pods, so that nobody has to keep asking. Only a
 * hint: whoever waits looks for itself, and looks now and then without one, for a watch may be lost.
 */
export class PodSignals {
  readonly #deps: PodSignalsDependencies;
  readonly #watched: Watched;
  readonly #closing = new AbortController();
  /** Containers whose output is followed now, and those of which no more comes. */
  readonly #followed = new Set<string>();
  readonly #signals = new Set<PodSignal>();
  #isWatching = false;
  #wake: () => void = () => undefined;

  constructor(deps: PodSignalsDependencies, watched: Watched) {
    this.#deps = deps;
    this.#watched = watched;
  }

  /** Waits for changes after this version, and for output of these containers. Repeated with each look. */
  expect(resourceVersion: string, sources: readonly LogSource[]): void {
    this.#watch(resourceVersion);
    for (const source of sources) this.#follow(source);
  }

  /** The next signal; `time` after so many milliseconds. */
  async next(milliseconds: number): Promise<PodSignal> {
    if (this.#signals.size === 0) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, this.#deps.pause(milliseconds)]);
    }
    const signal = (['pods', 'output'] as const).find((it) => this.#signals.has(it)) ?? 'time';
    this.#signals.clear();
    return signal;
  }

  close(): void {
    this.#closing.abort();
  }

  #watch(resourceVersion: string): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { signal } = this.#closing;
    const onChange = (): void => this.#raise('pods');
    this.#deps.cluster
      .watch({ kind: 'Pod', ...this.#watched, resourceVersion, signal, onChange })
      .catch(nobodyWaits)
      .finally(() => {
        this.#isWatching = false;
      });
  }

  #follow({ key, namespace, pod, container, isRunning }: LogSource): void {
    if (!isRunning || this.#followed.has(key)) return;
    this.#followed.add(key);
    const { signal } = this.#closing;
    const onOutput = (): void => this.#raise('output');
    this.#deps.cluster
      .followLogs({ namespace, pod, container, signal, onOutput })
      .catch(nobodyWaits)
      .finally(() => this.#followed.delete(key));
  }

  #raise(signal: PodSignal): void {
    this.#signals.add(signal);
    this.#wake();
  }
}

/** A watch that fails is begun again with the next look, and a look that fails is an error. */
const nobodyWaits = (): void => undefined;
