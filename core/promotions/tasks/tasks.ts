import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { activate } from './activate.ts';
import { apply } from './apply.ts';
import { besideEvidence } from './beside-evidence.ts';
import { preflight } from './preflight.ts';
import { prepare } from './prepare.ts';
import { prune } from './prune.ts';
import { recordEvidence } from './record-evidence.ts';
import { rollback } from './rollback.ts';
import { settle } from './settle.ts';
import { watch } from './watch.ts';
import { watchRollback } from './watch-rollback.ts';

export type PromotionTask = (deps: EngineDependencies, run: Run) => Promise<TaskResult>;

/** The task states of promote.asl.json by name. */
export const promotionTasks = {
  Prepare: prepare,
  Preflight: preflight,
  Apply: apply,
  Watch: watch,
  Activate: activate,
  Prune: prune,
  RecordEvidence: recordEvidence,
  Rollback: besideEvidence(rollback),
  WatchRollback: besideEvidence(watchRollback),
  SettlePromoted: settle('Promoted'),
  SettleRolledBack: settle('RolledBack'),
  SettleReverted: settle('Reverted'),
  SettleRefused: settle('Refused'),
  SettleDegraded: settle('Degraded'),
} as const satisfies Readonly<Record<string, PromotionTask>>;
