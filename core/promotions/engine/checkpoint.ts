import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import { freshMemory, type Memory } from '../../verdicts/verdict.ts';
import type { Checkpoint } from '../ports.ts';
import type { Next } from './run.ts';

/** How a service stood before the promotion. */
export interface Before {
  readonly ready: number;
  /** Undefined when the Deployment was not there. */
  readonly replicas: number | undefined;
}

/** What Prepare decided; it does not change any more, whoever takes over. */
export interface Plan {
  readonly rendered: RenderedRelease;
  /** What was active, as it was rendered: where a rollback goes. */
  readonly previous: RenderedRelease | undefined;
  readonly before: Readonly<Record<string, Before>>;
  /** What the release changes and no release before it knows: put back as it was. */
  readonly found?: readonly KubernetesObject[];
  /** Where the watch of the namespace's events begins. */
  readonly eventsFrom: string;
}

export interface FailureRecord {
  readonly reason: string;
  readonly cause: string;
}

/** Why the promotion stands still, and how often it has tried again since. */
export interface Waiting {
  readonly why: string;
  readonly tries: number;
}

/** All that an execution knows, kept so that another one can go on from here. */
export interface PromotionCheckpoint extends Checkpoint {
  readonly v: 1;
  /** The state to go on from; undefined until Prepare has a plan. */
  readonly state: Next | undefined;
  readonly plan: Plan | undefined;
  readonly failure: FailureRecord | undefined;
  readonly memory: Memory;
  /** What Watch has seen so far, packed (see `Recorder`). */
  readonly recording?: string | undefined;
  /** `incomplete`: what was not there in time is gathered beside the rollback. */
  readonly evidence?: 'complete' | 'incomplete' | undefined;
  /** Of the last event of the story. */
  readonly sequence: number;
  /** The last Kubernetes event in the story: the watch of events goes on from there. */
  readonly eventsFrom: string | undefined;
  /** Sources of the last events (uid and digest of the text), so that no line comes twice. */
  readonly seen: readonly string[];
  /** Convox's word for how the app stands, for `Status: OLD => NEW` lines. */
  readonly shown: string;
  readonly waiting: Waiting | undefined;
  /** How often deleted objects have been put back. */
  readonly putBack?: number;
}

export const freshCheckpoint: PromotionCheckpoint = {
  v: 1,
  state: undefined,
  plan: undefined,
  failure: undefined,
  memory: freshMemory,
  sequence: 0,
  eventsFrom: undefined,
  seen: [],
  shown: 'Running',
  waiting: undefined,
};

export const readCheckpoint = (stored: Checkpoint | undefined): PromotionCheckpoint => {
  if (!stored) return freshCheckpoint;
  if (stored.v !== 1) throw new Error(`checkpoint has version ${stored.v}, known is 1`);
  return { ...freshCheckpoint, ...(stored as unknown as PromotionCheckpoint) };
};
