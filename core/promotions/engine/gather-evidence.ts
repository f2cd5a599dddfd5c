import { namespaceOf } from '../../apps/app.ts';
import { timestamp } from '../../clock.ts';
import { diffEnvironments } from '../../environments/diff-environments.ts';
import { parseEnvironment } from '../../environments/environment.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { appSelector } from '../../rendering/labels.ts';
import { observePod } from '../../verdicts/observation.ts';
import { unpackRecording } from '../../verdicts/recorder.ts';
import { type Recording, redactRecording } from '../../verdicts/recording.ts';
import { Deadline } from './deadline.ts';
import {
  type DescribedProcess,
  describeProcess,
  type EvidenceProcess,
  nodeOf,
} from './describe-process.ts';
import { diffObjects } from './diff-objects.ts';
import { nodeTrouble } from './node-trouble.ts';
import { pullTimes } from './pull-times.ts';
import { type Redact, redactor } from './redact.ts';
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
  /** What is wrong with the nodes of these processes. */
  readonly nodes: readonly string[];
  readonly pulls: readonly string[];
  /** What the release changes, against the one before. */
  readonly changes: readonly string[];
  /** What could not be had yet; gathering goes on beside the rollback. */
  readonly missing: readonly string[];
  /** What the engine saw, from the first look to the verdict. */
  readonly recording?: Recording;
}

/** With these a document stays below 2 MB. */
const maxProcesses = 20;
const maxEvents = 100;
const maxLog = 32_000;

/**
 * What can be had within so many milliseconds; what can't is named in `missing`. Reads only, and
 * never fails: going back matters more than knowing why.
 */
export const gatherEvidence = async (
  session: PromotionSession,
  patience: number
): Promise<Evidence> => {
  const deadline = new Deadline(session.deps.sleep(patience));
  const { deps, run } = session;
  const namespace = namespaceOf(deps.rack, run.app);
  const selector = appSelector({ rack: deps.rack, app: run.app });
  const [pods, events, secrets] = await Promise.all([
    deadline.within(deps.cluster.list('Pod', namespace, selector), undefined),
    deadline.within(deps.cluster.list('Event', namespace), undefined),
    deadline.within(readEnvironments(session), undefined),
  ]);
  const suspects = chosen(pods?.items ?? [], session.checkpoint.failure?.cause ?? '');
  const [processes, nodes] = await Promise.all([
    Promise.all(suspects.map((pod) => describeProcess(session, pod, deadline))),
    deadline.within(troubles(session, suspects), undefined),
  ]);
  return assemble(session, { pods: pods?.items, events: events?.items, secrets, processes, nodes });
};

interface Found {
  readonly pods: readonly KubernetesObject[] | undefined;
  readonly events: readonly KubernetesObject[] | undefined;
  readonly secrets: { readonly redact: Redact; readonly change: string } | undefined;
  readonly processes: readonly DescribedProcess[];
  readonly nodes: readonly string[] | undefined;
}

const assemble = (session: PromotionSession, found: Found): Evidence => {
  const { run, plan, checkpoint, deps, startedAt } = session;
  const { secrets = blind, nodes = [] } = found;
  const events = (found.events ?? []).filter((it) => isSince(it, startedAt));
  const { redact, change } = secrets;
  const { reason, cause } = checkpoint.failure ?? { reason: '', cause: '' };
  const changes = [
    ...(change ? [`environment ${change}`] : []),
    ...diffObjects(plan.previous, plan.rendered),
  ];
  return {
    promotion: run.promotion,
    release: plan.rendered.release,
    at: timestamp(deps.clock),
    reason,
    cause: redact(cause),
    processes: found.processes.map(({ seen }) => redacted(seen, redact)),
    events: eventLines(events).map(redact),
    nodes,
    pulls: pullTimes(events).map(redact),
    changes: changes.map(redact),
    missing: missingFrom(found),
    ...(checkpoint.recording !== undefined && {
      recording: redactRecording(unpackRecording(checkpoint.recording), redact),
    }),
  };
};

const missingFrom = ({ pods, events, nodes, secrets, processes }: Found): readonly string[] => [
  ...(pods ? [] : ['processes']),
  ...(events ? [] : ['events']),
  ...(nodes ? [] : ['nodes']),
  ...(secrets ? [] : ['values of the environment, to keep them out']),
  ...processes.flatMap((it) => it.missing),
];

/** Also one that is ready at the moment, between two exits. */
const isSuspect = (pod: KubernetesObject): boolean => {
  const { isReady, containers } = observePod(pod);
  return !isReady || containers.some((it) => it.exits > 0);
};

/** The one in the cause first, then one of each service, then a second of each … */
const chosen = (pods: readonly KubernetesObject[], cause: string): readonly KubernetesObject[] => {
  const counts = new Map<string, number>();
  const ranked = pods.filter(isSuspect).map((pod) => {
    const service = pod.metadata.labels?.['service'] ?? '';
    const rank = (counts.get(service) ?? 0) + 1;
    counts.set(service, rank);
    return { pod, rank: cause.includes(pod.metadata.name) ? 0 : rank };
  });
  const sorted = ranked.toSorted((one, other) => one.rank - other.rank);
  return sorted.slice(0, maxProcesses).map((it) => it.pod);
};

const troubles = async (
  { deps }: PromotionSession,
  pods: readonly KubernetesObject[]
): Promise<readonly string[]> => {
  const names = [...new Set(pods.map(nodeOf).filter(Boolean))];
  const nodes = await Promise.all(names.map((it) => deps.cluster.get('Node', undefined, it)));
  return nodes.flatMap((node, index) =>
    node ? nodeTrouble(node) : [`${names[index]}: the node is gone`]
  );
};

const redacted = (seen: EvidenceProcess, redact: Redact): EvidenceProcess => ({
  ...seen,
  detail: redact(seen.detail),
  logs: lastLines(redact(seen.logs)),
  previousLogs: lastLines(redact(seen.previousLogs)),
});

/** The end of a text, from the beginning of a line on; redacted before, so that no secret is halved. */
const lastLines = (text: string): string => {
  if (text.length <= maxLog) return text;
  const end = text.slice(-maxLog);
  const line = end.indexOf('\n') + 1;
  return line > 0 && line < end.length ? end.slice(line) : end;
};

const eventLines = (events: readonly KubernetesObject[]): readonly string[] =>
  events
    .toSorted((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1))
    .slice(-maxEvents)
    .map(eventLine);

/** Kubernetes rounds to seconds, and its clock is not ours; milliseconds. */
const tolerance = 2_000;

const isSince = (event: KubernetesObject, start: number): boolean =>
  !(Date.parse(timeOf(event)) < start - tolerance);

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

/** Processes of the release before may be among the suspects: their values count as well. */
const readEnvironments = async ({ deps, run, plan }: PromotionSession) => {
  const ids = [plan.previous?.release, plan.rendered.release];
  const [before, after] = await Promise.all(
    ids.map(async (id) =>
      parseEnvironment((id && (await deps.releases.find(run.app, id))?.env) || '')
    )
  );
  return {
    redact: redactor([before, after].flatMap((it) => Object.values(it ?? {}))),
    change: diffEnvironments(before ?? {}, after ?? {}),
  };
};

const withheld = '(withheld: values could not be redacted)';

/** Without knowing what is secret, nothing that a process wrote is kept. */
const blind = { redact: (text: string): string => (text ? withheld : ''), change: '' };

export const isWithheld = (text: string): boolean => text === withheld;
