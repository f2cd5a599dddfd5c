import type { Bed } from './bed.ts';
import { type Run, type Story, timed } from './rack.ts';
import { type Moments, RolloutWatch } from './rollout-watch.ts';
import { sabotaging } from './sabotage.ts';
import { type ManifestInput, manifestOf, type Scenario } from './scenarios.ts';

/** What a plane on a laptop calls itself; an app's namespace begins with it. */
const rackName = 'local';

export interface Promoted {
  readonly run: Run;
  readonly story: Story;
  readonly moments: Moments;
}

/** An app of the rack for as long as the work takes. */
export const withApp = async (
  bed: Bed,
  app: string,
  work: (app: string) => Promise<void>
): Promise<void> => {
  await rackless('apps', 'create', app);
  try {
    await work(app);
  } finally {
    await rackless('apps', 'delete', app);
    bed.proxy.take();
  }
};

const rackless = async (...args: readonly string[]): Promise<void> => {
  const { code, lines } = await timed('bin/rackless', args);
  if (code !== 0) throw new Error(`rackless ${args.join(' ')}: ${lines.map((it) => it.text)}`);
};

interface PromoteRequest {
  readonly app: string;
  readonly scenario: Scenario;
  readonly health?: ManifestInput['health'];
}

let round = 0;

/** Makes a release of the scenario and promotes it by the client, with a look at the cluster every 100 ms. */
export const promote = async (
  bed: Bed,
  { app, scenario, health }: PromoteRequest
): Promise<Promoted> => {
  round += 1;
  const { registry, image, cluster, rack } = bed;
  const namespace = `${rackName}-${app}`;
  const input = { registry, image, round: `${round}`, ...(health && { health }) };
  const release = await rack.release(app, manifestOf(scenario, input));
  const watch = new RolloutWatch(cluster, namespace, scenario.isShown);
  await watch.start();
  bed.proxy.take();
  const run = await sabotaging(bed, { namespace, sabotage: scenario.sabotage }, () =>
    timed('bin/rackless', ['releases', 'promote', release, '-a', app])
  );
  if (run.code !== 0) await watch.until('gone', 15_000);
  const moments = await watch.stop();
  return { run, moments, story: await rack.promotion(app, release) };
};
