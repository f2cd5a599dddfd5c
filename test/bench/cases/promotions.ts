import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { report, spread } from '../measure.ts';
import { rackless } from '../observe/client.ts';
import {
  eventDelays,
  exitToEnd,
  exitToRollback,
  readyToOk,
  type Seen,
} from '../observe/figures.ts';
import { recordDuring } from '../observe/recording.ts';

const rounds = 5;

export interface Target {
  readonly rackUrl: string;
  readonly kubeconfig: string;
  readonly app: string;
  readonly namespace: string;
}

/**
 * Promotions through the built client, beside watches of the cluster in this process: what the plane
 * and the client add to what the cluster shows. Good and broken releases take turns.
 */
export const promotions = async (target: Target): Promise<void> => {
  const cluster = openCluster(() => Promise.resolve(target.kubeconfig));
  const good: Seen[] = [];
  const broken: Seen[] = [];
  for (let round = 1; round <= rounds; round++) {
    // hello takes any value that it does not know for none.
    good.push(await promote(cluster, target, `FAIL=nothing-${round}`));
    broken.push(await promote(cluster, target, 'FAIL=crash'));
  }
  const events = [...good, ...broken].flatMap(eventDelays);
  report('ready-to-ok', { ...spread(good.map(readyToOk)), unit: 'ms' });
  report('second-exit-to-rollback', { ...spread(broken.map(exitToRollback)), unit: 'ms' });
  report('second-exit-to-end', { ...spread(broken.map(exitToEnd)), unit: 'ms' });
  report('event-to-terminal', { ...spread(events), unit: 'ms' });
};

const promote = async (
  cluster: Cluster,
  { rackUrl, app, namespace }: Target,
  variable: string
): Promise<Seen> => {
  const args = ['env', 'set', variable, '--promote', '--app', app];
  const { recording, result } = await recordDuring(cluster, namespace, () =>
    rackless(rackUrl, args)
  );
  const wanted = variable === 'FAIL=crash' ? 1 : 0;
  if (result.code === wanted) return { recording, client: result };
  const said = result.lines.map((it) => it.text).join('\n');
  throw new Error(`${variable} ended with ${result.code}, not ${wanted}:\n${said}`);
};
