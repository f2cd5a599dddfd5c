import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { median, report, rounded } from '../measure.ts';

const rounds = 5;
const app = 'bench';
const namespace = `local-${app}`;

interface Change {
  readonly at: number;
  readonly object: KubernetesObject;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

/**
 * Promotions through the built client, beside watches of the cluster in this process: how long the
 * client and the plane add to what the cluster shows.
 */
export const promotions = async (kubeconfig: string): Promise<void> => {
  const cluster = openCluster(() => Promise.resolve(kubeconfig));
  await rackless('apps', 'create', app);
  await rackless('deploy', 'examples/hello', '-a', app);
  const repeated = await rackless('deploy', 'examples/hello', '-a', app);
  report('unchanged-source', {
    uploadedBytes: repeated.some((it) => it.text.includes('OK, unchanged')) ? 0 : 'all',
  });
  const good = await repeat(cluster, (round) => `GREETING=${round}`);
  const bad = await repeat(cluster, () => 'FAIL=crash');
  report('ready-to-ok', { median: rounded(median(good.map(readyToOk)), 0), unit: 'ms', rounds });
  report('second-exit-to-rollback', {
    median: rounded(median(bad.map(exitToRollback)), 0),
    unit: 'ms',
    rounds,
  });
  report('event-to-terminal', {
    median: rounded(median([...good, ...bad].flatMap(eventDelays)), 0),
    unit: 'ms',
  });
  await rackless('apps', 'delete', app);
};

interface Seen {
  readonly pods: readonly Change[];
  readonly deployments: readonly Change[];
  readonly events: readonly Change[];
  readonly lines: readonly Line[];
}

const repeat = async (cluster: Cluster, variable: (round: number) => string) => {
  const seen: Seen[] = [];
  for (let round = 0; round < rounds; round++) {
    const watching = new AbortController();
    const [pods, deployments, events] = await Promise.all(
      (['Pod', 'Deployment', 'Event'] as const).map((kind) =>
        record(cluster, kind, watching.signal)
      )
    );
    const lines = await rackless('env', 'set', variable(round), '--promote', '-a', app);
    watching.abort();
    seen.push({ pods: pods ?? [], deployments: deployments ?? [], events: events ?? [], lines });
    await rackless('env', 'set', 'FAIL=', '-a', app);
    await pause(500);
  }
  return seen;
};

const record = async (cluster: Cluster, kind: string, signal: AbortSignal): Promise<Change[]> => {
  const { resourceVersion } = await cluster.list(kind, namespace);
  const changes: Change[] = [];
  const onChange = (_type: string, object: KubernetesObject): void => {
    changes.push({ at: Date.now(), object });
  };
  void cluster.watch({ kind, namespace, resourceVersion, signal, onChange });
  return changes;
};

/** The client's lines with the time each was printed; never waits for ever. */
const rackless = (...args: string[]): Promise<readonly Line[]> =>
  new Promise((resolve) => {
    const child = spawn('bin/rackless', args, { stdio: 'pipe', timeout: 120_000 });
    const lines: Line[] = [];
    const take = (chunk: Buffer): void => {
      const at = Date.now();
      lines.push(...`${chunk}`.split('\n').map((text) => ({ at, text })));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', () => resolve(lines));
  });

/** From the last process that became ready, or had run for its stable time, to the client's OK. */
const readyToOk = ({ pods, lines }: Seen): number => {
  const ready = pods.filter(({ object }) => isReady(object) && becameReady(object, pods));
  const last = Math.max(...ready.map((it) => it.at + stableOf(it.object)));
  const ok = lines.findLast((it) => it.text === 'OK')?.at ?? Number.NaN;
  return ok - last;
};

const isReady = (object: KubernetesObject): boolean =>
  (
    (object['status'] as { conditions?: { type: string; status: string }[] })?.conditions ?? []
  ).some((it) => it.type === 'Ready' && it.status === 'True');

/** A process without a health check counts as good once it has run for ten seconds. */
const stableOf = ({ metadata }: KubernetesObject): number =>
  metadata.labels?.['service'] === 'worker' ? 10_000 : 0;

/** The first time that this pod was seen ready. */
const becameReady = (object: KubernetesObject, pods: readonly Change[]): boolean =>
  pods.find((it) => it.object.metadata.name === object.metadata.name && isReady(it.object))
    ?.object === object;

const exitToRollback = ({ pods, deployments }: Seen): number => {
  const second = Math.min(...pods.filter(({ object }) => exits(object) >= 2).map((it) => it.at));
  const rollback = deployments.find(
    (it) =>
      it.at > second &&
      Number(it.object.metadata.generation) > generationAt(deployments, it.object, second)
  );
  return (rollback?.at ?? Number.NaN) - second;
};

const generationAt = (changes: readonly Change[], object: KubernetesObject, at: number): number =>
  Math.max(
    0,
    ...changes
      .filter((it) => it.at <= at && it.object.metadata.name === object.metadata.name)
      .map((it) => Number(it.object.metadata.generation))
  );

const exits = (object: KubernetesObject): number => {
  const { containerStatuses = [] } = (object['status'] ?? {}) as {
    containerStatuses?: { restartCount: number; state: { running?: object } }[];
  };
  return Math.max(
    0,
    ...containerStatuses.map((it) => it.restartCount + (it.state.running ? 0 : 1))
  );
};

const eventDelays = ({ events, lines }: Seen): readonly number[] =>
  events.flatMap(({ at, object }) => {
    const { involvedObject, message } = object as unknown as {
      involvedObject: { name: string };
      message: string;
    };
    const line = lines.find((it) =>
      it.text.includes(`system/k8s/${involvedObject.name} ${message}`)
    );
    return line ? [line.at - at] : [];
  });
