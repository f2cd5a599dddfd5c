import type { RenderedService } from '../../rendering/rendered-release.ts';
import { judgeRestored } from '../../verdicts/judge-restored.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';
import { unreachable } from '../engine/wait-for-cluster.ts';
import { type Look, watchApp } from '../engine/watch-app.ts';

/** Observed time after which a rollback that is not healthy is called what it is. */
const deadline = 300_000;

/** Waits until the app is no worse than before the promotion. */
export const watchRollback = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { plan } = session;
  const services = plan.previous?.services ?? removedServices(plan.rendered.services);
  const conclusion = await watchApp(session, {
    services,
    status: 'rolling-back',
    conclude: (look) => conclude(look, session),
    waitingFor: (look) => judgeRestored(look.observations, plan.before),
  });
  if (conclusion === 'again') return session.goTo('WatchRollback');
  if (conclusion === 'unreachable') return unreachable(session, 'WatchRollback');
  return session.goTo(conclusion);
};

/** After a revert no process of the first release may be left: any pod counts as an old one. */
const removedServices = (services: readonly RenderedService[]): readonly RenderedService[] =>
  services.map((it) => ({ ...it, template: '' }));

const conclude = (
  look: Look,
  { plan }: PromotionSession
): 'RolledBack' | 'Reverted' | 'Degraded' | undefined => {
  if (look.cancel === 'abandon') return 'Degraded';
  const waiting = Object.values(judgeRestored(look.observations, plan.before));
  if (waiting.every((it) => it === '')) return plan.previous ? 'RolledBack' : 'Reverted';
  return look.memory.clock > deadline ? 'Degraded' : undefined;
};
