import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { RecordingBed } from './recording-bed.ts';

/** A rollout worth keeping: what is promoted over what, and what happens meanwhile. */
export interface Scenario {
  /** What a reader of the recording must know. */
  readonly note: string;
  /** The convox.yml of the release; services run the tools image unless `images` says otherwise. */
  readonly manifest: string;
  /** The release that is active before; it is waited for until its processes run. */
  readonly before?: string;
  readonly images?: (bed: RecordingBed) => Promise<Readonly<Record<string, string>>>;
  /** For what a manifest has no key. */
  readonly patch?: (deployment: KubernetesObject) => KubernetesObject;
  /** Once the release before runs. */
  readonly prepare?: (bed: RecordingBed) => Promise<void>;
  /** While the release rolls out. */
  readonly during?: (bed: RecordingBed) => Promise<void>;
  /** How long the recording goes on after the verdict; seconds. */
  readonly tail?: number;
}
