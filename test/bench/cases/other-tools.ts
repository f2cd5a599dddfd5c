import { readFileSync } from 'node:fs';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import type { Target } from '../cluster/bed.ts';
import { helm, kubectl } from '../cluster/other-tools.ts';
import { type Place, withTool } from '../cluster/plain-app.ts';
import { RolloutWatch } from '../cluster/rollout-watch.ts';
import { broken, good, type Scenario } from '../cluster/scenarios.ts';
import { report, rounded } from '../measure.ts';

const compared = ['crash-loop', 'missing-image'];

/** Broken releases with what people use otherwise, by its defaults: 5 to 10 minutes, all at once. */
export const otherTools = async (target: Target): Promise<void> => {
  const kubeconfig = readFileSync(target.kubeconfig, 'utf8');
  const place = { ...target, cluster: openCluster(() => Promise.resolve(kubeconfig)) };
  const scenarios = broken.filter((it) => compared.includes(it.name));
  await Promise.all(
    scenarios.flatMap((scenario) => [
      measure(place, kubectl, scenario),
      measure(place, helm, scenario),
    ])
  );
};

const measure = (place: Place, make: typeof kubectl, scenario: Scenario): Promise<void> =>
  withTool(make, { place, app: `${make.name}-${scenario.name}` }, async (plain) => {
    await plain.promote(good);
    const watch = new RolloutWatch(place.cluster, plain.namespace, scenario.isShown);
    await watch.start();
    const run = await plain.promote(scenario);
    await plain.tool.goBack?.();
    await watch.until('restored', 60_000);
    const { applied = Number.NaN, shown = Number.NaN, restored = Number.NaN } = await watch.stop();
    const since = (at: number) => rounded((at - applied) / 1000);
    report('other-tools', {
      tool: plain.tool.name,
      release: scenario.name,
      failed: run.code !== 0,
      shown: since(shown),
      verdict: since(run.ended),
      restored: since(restored),
      unit: 's',
    });
  });
