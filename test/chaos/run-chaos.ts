import { cancelApp } from '#core/apps/cancel-app.ts';
import type { EngineDependencies } from '#core/promotions/engine/run.ts';
import { isEnded } from '#core/promotions/promotion.ts';
import { recoverPromotions } from '#core/promotions/recover-promotions.ts';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { ChaosApp } from './chaos-app.ts';
import type { ChaosBed } from './chaos-bed.ts';
import { Executions } from './executions.ts';
import { FaultyAws } from './faulty-aws.ts';
import { brokenInvariants } from './invariants.ts';
import { type ChaosPlan, planOf } from './plan.ts';
import { StaleWriter } from './stale-writer.ts';
import { type Life, Strikes } from './strikes.ts';

export interface ChaosReport {
  readonly plan: ChaosPlan;
  readonly broken: readonly string[];
  readonly story: readonly string[];
}

const calm = (seed: number): ChaosPlan => ({ seed, release: 'good', isUpdate: false, faults: [] });

/** One promotion under the faults of its seed, and what did not hold afterwards. */
export const runChaos = async (bed: ChaosBed, seed: number): Promise<ChaosReport> => {
  const plan = planOf(seed);
  const app = await ChaosApp.create(bed, `s${seed}`);
  try {
    const first = plan.isUpdate ? await promote(bed, app, calm(seed)) : undefined;
    const unready = first?.broken ?? [];
    if (unready.length > 0) return { plan, broken: unready, story: first?.story ?? [] };
    const report = await promote(bed, app, plan);
    return { plan, ...report };
  } finally {
    await bed.cluster.api.call('DELETE', `/api/v1/namespaces/${app.namespace}`);
  }
};

const promote = async (bed: ChaosBed, app: ChaosApp, plan: ChaosPlan) => {
  const rack = app.rack();
  const aws = new FaultyAws(plan.faults);
  let wasCancelled = false;
  const strikes = new Strikes(plan, {
    spoilCluster: (how, lasts) => bed.apiFaults.spoil(app.namespace, how, lasts),
    cancel: async () => {
      wasCancelled = await cancelApp(rack)({ name: app.name, abandon: false }).then(
        () => true,
        // Too late, or over already.
        () => false
      );
    },
  });
  const deps = (life: Life): EngineDependencies => hands(app, { aws, strikes, life });
  const executions = new Executions({ plan, strikes, deps });
  const release = await app.release(plan.release);
  const previous = (await rack.apps.find(app.name))?.active ?? '';
  const stale = await StaleWriter.remember(app);
  const { id } = await promoteRelease({ ...rack, promotionRuns: executions })(
    { app: app.name, id: release },
    undefined
  );
  await takeToEnd(app, id, executions);
  await strikes.allQuiet();
  await bed.apiFaults.areOver(app.namespace);
  const broken = [
    ...(await brokenInvariants({ app, plan, promotion: id, release, previous, wasCancelled })),
    ...(await stale.effects()),
  ];
  const story = [...strikes.struck, ...aws.struck, ...executions.ends, `promotion ${id}`];
  return { broken, story };
};

interface Grip {
  readonly aws: FaultyAws;
  readonly strikes: Strikes;
  readonly life: Life;
}

/** What one invocation holds: every call of it may be its last. */
const hands = (app: ChaosApp, { aws, strikes, life }: Grip): EngineDependencies => {
  const rack = app.rack(aws);
  return {
    ...rack,
    apps: strikes.within(rack.apps, life),
    releases: strikes.within(rack.releases, life),
    builds: strikes.within(rack.builds, life),
    records: strikes.within(rack.records, life),
    documents: strikes.within(rack.documents, life),
    cluster: strikes.within(rack.cluster, life),
  };
};

/** The sweep, as the event rule on ended executions starts it; twice at once, as it may be. */
const takeToEnd = async (app: ChaosApp, id: string, executions: Executions): Promise<void> => {
  const deps = { ...app.rack(), promotionRuns: executions };
  const sweep = () => recoverPromotions(deps)({ app: app.name });
  for (let sweeps = 0; sweeps < 12; sweeps++) {
    await executions.idle();
    const promotion = await deps.promotions.find(app.name, id);
    if (promotion && isEnded(promotion)) return;
    await Promise.all([sweep(), sweep()]);
  }
};
