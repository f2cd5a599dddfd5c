import type { Apps, DataKeys } from '../../apps/ports.ts';
import type { Builds } from '../../builds/ports.ts';
import type { Clock } from '../../clock.ts';
import type { Documents } from '../../documents/ports.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import type { Registries } from '../../registries/ports.ts';
import type { Releases } from '../../releases/ports.ts';
import type { PromotionRecords } from '../ports.ts';

/** What the tasks of the `promote` state machine hand on: ids only. */
export interface Run {
  readonly v: 1;
  readonly app: string;
  readonly promotion: string;
  readonly attempt: number;
  /** From Prepare on: proof of holding the app. */
  readonly fence?: number | undefined;
}

/** The states that a task may ask for next; the names are those of promote.asl.json. */
export type Next =
  | 'Preflight'
  | 'Apply'
  | 'Watch'
  | 'Activate'
  | 'Prune'
  | 'RecordEvidence'
  | 'Rollback'
  | 'WatchRollback'
  | 'Promoted'
  | 'RolledBack'
  | 'Reverted'
  | 'Refused'
  | 'Degraded';

/** A state that can be tried again after waiting. */
export type Resume = Next | 'Prepare' | `Settle${string}`;

export interface TaskResult extends Run {
  /** `Wait`: the cluster can't be used now; try `resume` again after `waitSeconds`. */
  readonly next: Next | 'Wait';
  readonly resume?: Resume;
  readonly waitSeconds?: number;
}

export interface EngineDependencies {
  readonly rack: string;
  readonly apps: Apps;
  readonly dataKeys: DataKeys;
  readonly releases: Releases;
  readonly builds: Builds;
  readonly records: PromotionRecords;
  readonly documents: Documents;
  readonly cluster: Cluster;
  readonly registries: Pick<Registries, 'list' | 'logins'>;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Its own object where several tasks share an invocation: they hand their session on. */
  readonly invocation?: object;
}
