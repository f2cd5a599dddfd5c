import type { KubernetesObject } from '../../kubernetes/object.ts';
import { observePod, type PodObservation } from '../../verdicts/observation.ts';
import type { Deadline } from './deadline.ts';
import type { PromotionSession } from './session.ts';

export interface EvidenceProcess {
  readonly process: string;
  readonly service: string;
  readonly status: string;
  readonly detail: string;
  readonly restarts: number;
  /** Where it runs; empty when it never got there. */
  readonly node: string;
  readonly logs: string;
  readonly previousLogs: string;
}

export interface DescribedProcess {
  readonly seen: EvidenceProcess;
  /** What did not come in time. */
  readonly missing: readonly string[];
}

const lines = 100;
/** Of one answer. The API server gives the first bytes of the last lines. */
const bytes = 1_000_000;

/** A process and the last lines that it wrote, in this run and in the one before. */
export const describeProcess = async (
  { deps, run }: PromotionSession,
  pod: KubernetesObject,
  deadline: Deadline
): Promise<DescribedProcess> => {
  const seen = observePod(pod);
  const { name, namespace = '' } = pod.metadata;
  const container = seen.containers.find((it) => it.exits > 0)?.name ?? run.app;
  const target = { namespace, pod: name, container, tailLines: lines, limitBytes: bytes };
  const [logs, previousLogs] = await Promise.all([
    deadline.within<string | undefined>(deps.cluster.logs(target), undefined),
    deadline.within<string | undefined>(
      deps.cluster.logs({ ...target, previous: true }),
      undefined
    ),
  ]);
  return {
    seen: {
      process: name,
      service: pod.metadata.labels?.['service'] ?? '',
      status: seen.phase,
      detail: detailOf(seen),
      restarts: Math.max(0, ...seen.containers.map((it) => it.restarts)),
      node: nodeOf(pod),
      logs: wholeLines(logs),
      previousLogs: wholeLines(previousLogs),
    },
    missing: [
      ...(logs === undefined ? [`logs of ${name}`] : []),
      ...(previousLogs === undefined ? [`logs of ${name} before its last restart`] : []),
    ],
  };
};

export const nodeOf = (pod: KubernetesObject): string =>
  (pod['spec'] as { nodeName?: string } | undefined)?.nodeName ?? '';

/** Half a line may end in half a secret, which nobody would know. */
const wholeLines = (text = ''): string => {
  // The kubelet's own words, sent as if they were the log, when the file has gone.
  if (text.startsWith('unable to retrieve container logs for ')) return '';
  return text.length < bytes ? text : text.slice(0, text.lastIndexOf('\n') + 1);
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
