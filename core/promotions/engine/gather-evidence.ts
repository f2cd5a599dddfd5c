import { namespaceOf } from '../../apps/app.ts';
import { timestamp } from '../../clock.ts';
import { parseEnvironment } from '../../environments/environment.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { appSelector } from '../../rendering/labels.ts';
import { observePod, type PodObservation } from '../../verdicts/observation.ts';
import type { PromotionSession } from './session.ts';

/** What was seen when a release failed: outlives the pods. Sizes are capped, values redacted. */
export interface Evidence {
  readonly promotion: string;
  readonly release: string;
  readonly at: string;
  readonly reason: string;
  readonly cause: string;
  readonly processes: readonly EvidenceProcess[];
  readonly events: readonly string[];
}

interface EvidenceProcess {
  readonly process: string;
  readonly service: string;
  readonly status: string;
  readonly detail: string;
  readonly restarts: number;
  readonly logs: string;
  readonly previousLogs: string;
}

const maxProcesses = 20;
const maxEvents = 100;
const lines = 100;
const bytes = 64_000;

export const gatherEvidence = async (session: PromotionSession): Promise<Evidence> => {
  const { deps, run, checkpoint, plan } = session;
  const namespace = namespaceOf(deps.rack, run.app);
  const selector = appSelector({ rack: deps.rack, app: run.app });
  const [pods, events, redact] = await Promise.all([
    deps.cluster.list('Pod', namespace, selector),
    deps.cluster.list('Event', namespace),
    redactor(session),
  ]);
  const suspects = pods.items.filter((it) => !observePod(it).isReady).slice(0, maxProcesses);
  const processes = await Promise.all(suspects.map((pod) => describe(session, pod)));
  return {
    promotion: run.promotion,
    release: plan.rendered.release,
    at: timestamp(deps.clock),
    reason: checkpoint.failure?.reason ?? '',
    cause: redact(checkpoint.failure?.cause ?? ''),
    processes: processes.map((it) => ({
      ...it,
      logs: redact(it.logs),
      previousLogs: redact(it.previousLogs),
    })),
    events: events.items.slice(-maxEvents).map((it) => redact(eventLine(it))),
  };
};

const describe = async (
  { deps }: PromotionSession,
  pod: KubernetesObject
): Promise<EvidenceProcess> => {
  const seen = observePod(pod);
  const target = {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    tailLines: lines,
    limitBytes: bytes,
  };
  const [logs, previousLogs] = await Promise.all([
    deps.cluster.logs(target),
    deps.cluster.logs({ ...target, previous: true }),
  ]);
  return {
    process: pod.metadata.name,
    service: pod.metadata.labels?.['service'] ?? '',
    status: seen.phase,
    detail: detailOf(seen),
    restarts: Math.max(0, ...seen.containers.map((it) => it.restarts)),
    logs,
    previousLogs,
  };
};

const detailOf = ({ containers, unschedulable, failure }: PodObservation): string =>
  [
    unschedulable,
    failure,
    ...containers.flatMap((it) => [
      it.waiting && `${it.name} is waiting: ${it.waiting.reason} ${it.waiting.message}`,
      it.lastExit && `${it.name} exited with code ${it.lastExit.code} (${it.lastExit.reason})`,
    ]),
  ]
    .filter((it) => it)
    .join('; ');

const eventLine = (event: KubernetesObject): string => {
  const { involvedObject, reason, message, lastTimestamp } = event as {
    involvedObject?: { kind?: string; name?: string };
    reason?: string;
    message?: string;
    lastTimestamp?: string;
  };
  return `${lastTimestamp ?? event.metadata.creationTimestamp ?? ''} ${involvedObject?.kind}/${involvedObject?.name} ${reason}: ${message}`;
};

/** Short values (`1`, `true`) say nothing and would turn every log into stars. */
const shortestSecret = 6;

const redactor = async ({ deps, run, plan }: PromotionSession) => {
  const release = await deps.releases.find(run.app, plan.rendered.release);
  const values = Object.values(parseEnvironment(release?.env ?? ''))
    .filter((it) => it.length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length);
  return (text: string): string => values.reduce((out, it) => out.replaceAll(it, '****'), text);
};
