import type { Clock } from '../clock.ts';
import type { Probe } from '../wire-objects.ts';
import type { ProbeResult } from './perform-probe.ts';

export interface ProbeSchedule {
  readonly probe: Probe;
  readonly perform: () => Promise<ProbeResult>;
  /** Called for every failed probe. */
  readonly onFailure: (message: string) => void;
  /** Called when a threshold is reached and the result is new. */
  readonly onResult: (ok: boolean) => void;
  readonly clock: Clock;
  /** Resolves when the first probe makes sense, at the latest after one period. */
  readonly settled: (period: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Probes a running container until `signal` aborts. The kubelet's first probe comes at some moment
 * of the first period; here it comes as soon as the port is open, or when the period is over.
 */
export const runProbe = async (schedule: ProbeSchedule, signal: AbortSignal): Promise<void> => {
  const { probe, clock } = schedule;
  const period = (probe.periodSeconds ?? 10) * 1000;
  await clock.sleep((probe.initialDelaySeconds ?? 0) * 1000, signal);
  await schedule.settled(period, signal);
  const threshold = new Threshold(probe);
  while (!signal.aborted) {
    const result = await schedule.perform();
    if (!signal.aborted) {
      report(result, threshold, schedule);
    }
    await clock.sleep(period, signal);
  }
};

const report = (result: ProbeResult, threshold: Threshold, schedule: ProbeSchedule): void => {
  if (!result.ok) {
    schedule.onFailure(result.message);
  }
  const news = threshold.add(result.ok);
  if (news !== undefined) {
    schedule.onResult(news);
  }
};

/** Counts equal results in a row; says when a new one has come often enough. */
class Threshold {
  readonly #needed: { readonly success: number; readonly failure: number };
  #last: boolean | undefined;
  #inRow = 0;
  #told: boolean | undefined;

  constructor({ successThreshold = 1, failureThreshold = 3 }: Probe) {
    this.#needed = { success: successThreshold, failure: failureThreshold };
  }

  add(ok: boolean): boolean | undefined {
    this.#inRow = ok === this.#last ? this.#inRow + 1 : 1;
    this.#last = ok;
    if (this.#told === ok || this.#inRow < (ok ? this.#needed.success : this.#needed.failure)) {
      return undefined;
    }
    this.#told = ok;
    return ok;
  }
}
