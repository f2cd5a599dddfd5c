import { namespaceOf } from '../../apps/app.ts';
import { timestamp } from '../../clock.ts';
import { parseEnvironment } from '../../environments/environment.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { appSelector } from '../../rendering/labels.ts';
import { observePod, type PodObservation } from '../../verdicts/observation.ts';
import { unpackRecording } from '../../verdicts/recorder.ts';
import { type Recording, redactRecording } from '../../verdicts/recording.ts';
import { Deadline } from './deadline.ts';
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
  /** What the engine saw, from the first look to the verdict. */
  readonly recording?: Recording;
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

/**
 * What can be had within so many milliseconds; what can't is left out. `isComplete` is false then.
 * Reads only, and never fails: going back matters more than knowing why.
 */
export const gatherEvidence = async (
  session: PromotionSession,
  patience: number
): Promise<{ readonly evidence: Evidence; readonly isComplete: boolean }> => {
  const { deps, run, checkpoint, plan } = session;
  const deadline = new Deadline(deps.sleep(patience));
  const namespace = namespaceOf(deps.rack, run.app);
  const selector = appSelector({ rack: deps.rack, app: run.app });
  const [pods, events, redact] = await Promise.all([
    deadline.within(deps.cluster.list('Pod', namespace, selector), nothing),
    deadline.within(deps.cluster.list('Event', namespace), nothing),
    deadline.within(redactor(session), withhold),
  ]);
  const suspects = pods.items.filter(isSuspect).slice(0, maxProcesses);
  const processes = await Promise.all(suspects.map((pod) => describe(session, pod, deadline)));
  const evidence = {
    promotion: run.promotion,
    release: plan.rendered.release,
    at: timestamp(deps.clock),
    reason: checkpoint.failure?.reason ?? '',
    cause: redact(checkpoint.failure?.cause ?? ''),
    processes: processes.map((it) => ({
      ...it,
      detail: redact(it.detail),
      logs: redact(it.logs),
      previousLogs: redact(it.previousLogs),
    })),
    events: events.items
      .toSorted((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1))
      .slice(-maxEvents)
      .map((it) => redact(eventLine(it))),
    ...(checkpoint.recording !== undefined && {
      recording: redactRecording(unpackRecording(checkpoint.recording), redact),
    }),
  };
  return { evidence, isComplete: deadline.isKept };
};

const nothing = { items: [], resourceVersion: '' };

/** Also one that is ready at the moment, between two exits. */
const isSuspect = (pod: KubernetesObject): boolean => {
  const { isReady, containers } = observePod(pod);
  return !isReady || containers.some((it) => it.exits > 0);
};

const describe = async (
  { deps, run }: PromotionSession,
  pod: KubernetesObject,
  deadline: Deadline
): Promise<EvidenceProcess> => {
  const seen = observePod(pod);
  const target = {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container: seen.containers.find((it) => it.exits > 0)?.name ?? run.app,
    tailLines: lines,
    limitBytes: bytes,
  };
  const [logs, previousLogs] = await Promise.all([
    deadline.within(deps.cluster.logs(target), ''),
    deadline.within(deps.cluster.logs({ ...target, previous: true }), ''),
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

const timeOf = (event: KubernetesObject): string => {
  const { lastTimestamp } = event as { lastTimestamp?: string };
  return lastTimestamp ?? event.metadata.creationTimestamp ?? '';
};

const eventLine = (event: KubernetesObject): string => {
  const { involvedObject, reason, message } = event as {
    involvedObject?: { kind?: string; name?: string };
    reason?: string;
    message?: string;
  };
  return `${timeOf(event)} ${involvedObject?.kind}/${involvedObject?.name} ${reason}: ${message}`;
};

/** Short values (`1`, `true`) say nothing and would turn every log into stars. */
const shortestSecret = 6;

/** Processes of the release before may be among the suspects: their values count as well. */
const redactor = async ({ deps, run, plan }: PromotionSession) => {
  const ids = [plan.rendered.release, ...(plan.previous ? [plan.previous.release] : [])];
  const releases = await Promise.all(ids.map((id) => deps.releases.find(run.app, id)));
  const values = releases
    .flatMap((it) => Object.values(parseEnvironment(it?.env ?? '')))
    .filter((it) => it.length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length);
  return (text: string): string => values.reduce((out, it) => out.replaceAll(it, '****'), text);
};

/** Without knowing what is secret, nothing that a process wrote is kept. */
const withhold = (text: string): string => (text ? '(withheld: values could not be redacted)' : '');
