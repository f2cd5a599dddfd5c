import type { RenderedService } from '../rendering/rendered-release.ts';
import { type Finding, judgeContainer } from './judge-container.ts';
import { conditions, heldFor, isQuota } from './memory.ts';
import type { PodObservation, ServiceObservation } from './observation.ts';
import type { Failure, Memory, Verdict } from './verdict.ts';

/** How long the scheduler may have no node. An autoscaler says within that time that one will come. */
const scheduleGrace = 30_000;
/** A refusal that will stay; the controller tries again meanwhile. */
const refusalGrace = 500;
/** Quotas are freed by others, webhooks come back. */
const quotaGrace = 5_000;
const blipGrace = 60_000;
const refusalBlip =
  /failed calling webhook|service ?account|time(d )?out|deadline exceeded|connection refused|no endpoints|try again|internal error/i;

/** What a verdict needs to know of a service. */
export type JudgedService = Pick<RenderedService, 'name' | 'policy'>;

export interface Judged {
  readonly observation: ServiceObservation;
  readonly service: JudgedService;
  /** How a service stood before the promotion that does not change its processes. */
  readonly unchangedSince: Unchanged | undefined;
  readonly memory: Memory;
}

export interface Unchanged {
  /** Processes that were ready, of those that were wanted. */
  readonly ready: number;
  readonly replicas: number;
}

/** The verdict on one service. Old pods never condemn a release; an unchanged service must be no worse than it was. */
export const judgeService = (judged: Judged): Verdict => {
  const { observation, unchangedSince } = judged;
  const found = unchangedSince ? undefined : (refused(judged) ?? firstFinding(judged));
  if (found) return failed(found, observation);
  const progress = unchangedSince
    ? judgeUnchanged(observation, unchangedSince)
    : judgeProgress(judged);
  // Whatever it waits for: a promotion comes to an end.
  const overdue = progress.kind === 'progressing' && late(judged);
  return overdue ? failed(overdue, observation) : progress;
};

const failed = (
  { reason, text, process }: Finding & { readonly process?: string },
  { service }: ServiceObservation
): Failure => ({ kind: 'failed', reason, cause: `service ${service}: ${text}`, service, process });

/** As many as before are ready, and those that a higher count adds. */
const judgeUnchanged = ({ deployment, fresh }: ServiceObservation, before: Unchanged): Verdict => {
  const ready = fresh.filter((it) => it.isReady).length;
  const desired = deployment?.desired ?? before.replicas;
  const wanted = Math.min(before.ready + Math.max(0, desired - before.replicas), desired);
  if (ready >= wanted) return { kind: 'active' };
  return { kind: 'progressing', waiting: `${ready} of ${wanted} unchanged processes are ready` };
};

const refused = ({ observation, memory }: Judged): Finding | undefined => {
  const message = observation.deployment?.replicaFailure;
  const held = heldFor(memory, conditions.refused(observation.service));
  if (!message || hasEnough(observation, memory) || held < graceOf(message)) return undefined;
  const reason = isQuota(message) ? 'QuotaExceeded' : 'AdmissionRefused';
  return { reason, text: `the cluster refuses new processes: ${message}` };
};

const graceOf = (refusal: string): number => {
  if (refusalBlip.test(refusal)) return blipGrace;
  return isQuota(refusal) ? quotaGrace : refusalGrace;
};

/** As many as the release began with are well: more that find no room are an autoscaler's wish. */
const hasEnough = ({ service, fresh }: ServiceObservation, { progress }: Memory): boolean => {
  const { wanted = 0 } = progress[service] ?? {};
  return wanted > 0 && fresh.filter((it) => it.isReady).length >= wanted;
};

const firstFinding = (judged: Judged): (Finding & { process: string }) | undefined => {
  for (const pod of judged.observation.fresh) {
    const finding = judgePod(pod, judged);
    if (finding) return { ...finding, process: pod.name };
  }
  return undefined;
};

const judgePod = (pod: PodObservation, judged: Judged): Finding | undefined => {
  const { service, memory } = judged;
  for (const container of pod.containers) {
    const finding = judgeContainer(container, { pod, settings: service.policy, memory });
    if (finding) return finding;
  }
  return neverScheduled(pod, judged) ?? neverReady(pod, service, memory);
};

/** With a node on its way only the deadline for progress counts. */
const neverScheduled = (
  pod: PodObservation,
  { observation, memory }: Judged
): Finding | undefined => {
  if (heldFor(memory, conditions.unschedulable(pod.name)) < scheduleGrace) return undefined;
  if (memory.since[conditions.scaleUp(pod.name)] !== undefined) return undefined;
  if (hasEnough(observation, memory)) return undefined;
  return { reason: 'Unschedulable', text: `no node for process ${pod.name}: ${pod.unschedulable}` };
};

const neverReady = (
  pod: PodObservation,
  { policy }: JudgedService,
  memory: Memory
): Finding | undefined => {
  // A probe that flaps after it has passed once condemns nobody.
  if (memory.since[conditions.wasReady(pod.name)] !== undefined) return undefined;
  const late = pod.containers.find(
    (it) =>
      heldFor(memory, conditions.running(pod.name, it)) > policy.readyWithin * 1000 && !it.isReady
  );
  if (!late) return undefined;
  return {
    reason: 'NeverReady',
    text: `process ${pod.name} has run for ${policy.readyWithin} s and never passed its health check`,
  };
};

const late = ({ observation, service, memory }: Judged): Finding | undefined => {
  const progress = memory.progress[observation.service];
  const quiet = memory.clock - (progress?.at ?? memory.clock);
  if (quiet < service.policy.progressDeadline * 1000) return undefined;
  return {
    reason: 'ProgressDeadline',
    text: `no progress for ${service.policy.progressDeadline} s`,
  };
};

const judgeProgress = ({ observation, service, memory }: Judged): Verdict => {
  const { deployment, fresh, old } = observation;
  if (!deployment?.isCurrent) return { kind: 'progressing', waiting: 'the rollout to begin' };
  const ready = fresh.filter((it) => it.isReady).length;
  if (ready < deployment.desired) {
    return { kind: 'progressing', waiting: waitingFor(fresh, ready, deployment.desired) };
  }
  const stable = service.policy.stable * 1000;
  if (fresh.some((pod) => pod.containers.some((it) => isYoung(it, pod.name, { memory, stable })))) {
    return { kind: 'progressing', waiting: `${service.policy.stable} s without an exit` };
  }
  if (old.length > 0 || deployment.updated < deployment.desired) {
    return { kind: 'progressing', waiting: `${old.length} old processes to leave` };
  }
  return { kind: 'active' };
};

const isYoung = (
  container: { name: string; restarts: number; isInit: boolean },
  pod: string,
  { memory, stable }: { memory: Memory; stable: number }
): boolean => !container.isInit && heldFor(memory, conditions.running(pod, container)) < stable;

const waitingFor = (fresh: readonly PodObservation[], ready: number, desired: number): string => {
  const reasons = fresh.flatMap((pod) => pod.containers.flatMap((it) => it.waiting?.reason ?? []));
  const why = reasons[0] ? ` (${reasons[0]})` : '';
  return `${ready} of ${desired} processes are ready${why}`;
};
