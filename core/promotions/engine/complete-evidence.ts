import { documentKeys } from '../../documents/ports.ts';
import type { EvidenceProcess } from './describe-process.ts';
import { type Evidence, gatherEvidence, isWithheld } from './gather-evidence.ts';
import type { EngineDependencies, Run } from './run.ts';
import { PromotionSession } from './session.ts';

/** Milliseconds. Nothing waits for it. */
const patience = 20_000;

/**
 * Gathers again what the kept evidence lacks, and adds it. Never fails, and writes nothing but the
 * document: whoever dies in the middle leaves it as it was, and the next task begins anew.
 */
export const completeEvidence = async (deps: EngineDependencies, run: Run): Promise<void> => {
  try {
    const session = await PromotionSession.resume(deps, run);
    if (session.checkpoint.evidence !== 'incomplete') return;
    const key = documentKeys.evidence(run.app, run.promotion);
    const kept = ((await deps.documents.read(key)) as Evidence | undefined) ?? undefined;
    if (kept?.missing.length === 0) return;
    const found = await gatherEvidence(session, patience);
    await deps.documents.write(key, kept ? mergeEvidence(kept, found) : found);
  } catch {
    // What could not be had is said in the document.
  }
};

/** What was seen first, with what came later in its gaps. Processes of the way back are no evidence. */
export const mergeEvidence = (kept: Evidence, found: Evidence): Evidence => {
  const known = new Set(kept.processes.map((it) => it.process));
  const hadProcesses = !kept.missing.includes('processes');
  const added = hadProcesses ? [] : found.processes.filter((it) => !known.has(it.process));
  const processes = [
    ...kept.processes.map((it) =>
      mergeProcess(
        it,
        found.processes.find((other) => other.process === it.process)
      )
    ),
    ...added,
  ];
  const cause = isWithheld(kept.cause) ? found.cause : kept.cause;
  return {
    ...kept,
    cause,
    processes,
    events: longer(kept.events, found.events),
    nodes: longer(kept.nodes, found.nodes),
    pulls: longer(kept.pulls, found.pulls),
    changes: longer(kept.changes, found.changes),
    missing: kept.missing.filter((it) => isStillMissing(it, found)),
  };
};

const longer = (one: readonly string[], other: readonly string[]): readonly string[] => {
  const isWorse = one.some(isWithheld) || one.length < other.length;
  return isWorse && other.length > 0 ? other : one;
};

/** Logs of a process that is gone by now can't be had any more. */
const isStillMissing = (what: string, found: Evidence): boolean => {
  if (found.missing.includes(what)) return true;
  const [, process] = /^logs of (\S+)/.exec(what) ?? [];
  return process !== undefined && !found.processes.some((it) => it.process === process);
};

const mergeProcess = (
  kept: EvidenceProcess,
  found: EvidenceProcess | undefined
): EvidenceProcess => ({
  ...kept,
  detail: better(kept.detail, found?.detail),
  logs: better(kept.logs, found?.logs),
  previousLogs: better(kept.previousLogs, found?.previousLogs),
});

const better = (kept: string, found = ''): string =>
  (kept === '' || isWithheld(kept)) && found !== '' ? found : kept;
