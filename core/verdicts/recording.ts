import type { VerdictSettings } from '../rendering/rendered-release.ts';
import type { Unchanged } from './judge-service.ts';
import type { DeploymentObservation, PodObservation } from './observation.ts';

export const recordingVersion = 1;

/** What the engine saw of one promotion, from the first look on: enough to judge it again elsewhere. */
export interface Recording {
  readonly v: typeof recordingVersion;
  /** How it was made, if not by a promotion. */
  readonly note?: string | undefined;
  readonly services: readonly RecordedService[];
  /** Services whose processes the release leaves alone, and how they stood before. */
  readonly unchanged: Readonly<Record<string, Unchanged>>;
  /** Only looks that showed something new. */
  readonly looks: readonly RecordedLook[];
  /** Observed time after the last of them; milliseconds. */
  readonly rest: number;
}

export interface RecordedService {
  readonly name: string;
  /** The mark of the pods that are new. */
  readonly template: string;
  readonly policy: VerdictSettings;
}

export interface RecordedLook {
  /** Observed time since the recorded look before; milliseconds. */
  readonly after: number;
  /** By service: what has changed. */
  readonly seen: Readonly<Record<string, RecordedChange>>;
  /** How many looks this one stands for: the middle of a long recording is dropped. */
  readonly dropped?: number;
}

export interface RecordedChange {
  /** Null when it is gone. */
  readonly deployment?: DeploymentObservation | null;
  readonly leaving?: number;
  /** By name; null when it is gone. */
  readonly pods?: Readonly<Record<string, RecordedPod | null>>;
}

export type RecordedPod = Omit<PodObservation, 'name'> & { readonly isOld?: true };

const texts = new Set(['message', 'unschedulable', 'failure', 'replicaFailure']);
const longestText = 600;

/** The recording with every text that the cluster wrote passed through `redact`, then cut. */
export const redactRecording = (
  recording: Recording,
  redact: (text: string) => string
): Recording =>
  JSON.parse(
    JSON.stringify(recording, (key, value: unknown) =>
      texts.has(key) && typeof value === 'string' ? redact(value).slice(0, longestText) : value
    )
  ) as Recording;
