import type { Bed } from './bed.ts';
import { withInitContainers } from './init-container-webhook.ts';
import type { Scenario } from './scenarios.ts';

interface Target {
  readonly namespace: string;
  readonly sabotage: Scenario['sabotage'];
}

/** Does to the cluster what no manifest can ask for, for as long as the work takes. */
export const sabotaging = <Result>(
  bed: Bed,
  { namespace, sabotage }: Target,
  work: () => Promise<Result>
): Promise<Result> => {
  if (sabotage === 'missing-secret') return withoutSecrets(bed, namespace, work);
  if (sabotage === 'init-container') return withInitContainers(bed, namespace, work);
  return work();
};

/** Somebody deletes the new environment Secret of `web` before a process could read it. */
const withoutSecrets = async <Result>(
  { cluster }: Bed,
  namespace: string,
  work: () => Promise<Result>
): Promise<Result> => {
  const stop = new AbortController();
  const selector = 'type=environment,service=web';
  const { resourceVersion } = await cluster.list('Secret', namespace, selector);
  void cluster.watch({
    kind: 'Secret',
    namespace,
    selector,
    resourceVersion,
    signal: stop.signal,
    onChange: (type, secret) => {
      if (type === 'ADDED') void cluster.remove(secret);
    },
  });
  return work().finally(() => stop.abort());
};
