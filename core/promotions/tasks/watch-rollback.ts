import type { RenderedService } from '../../rendering/rendered-release.ts';
import { judgeRestored } from '../../verdicts/judge-restored.ts';
import { ownObjects } from '../engine/own-objects.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';
import { type Look, watchApp } from '../engine/watch-app.ts';

/** Observed time after which a rollback that is not healthy is called what it is; seconds. */
const deadline = 300;

/** Waits until the app is no worse than before the promotion. */
export const watchRollback = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { plan } = session;
  const services = plan.previous?.services ?? removedServices(plan.rendered.services);
  const conclusion = await watchApp(session, {
    services,
    status: 'rolling-back',
    conclude: (look) => conclude(look, session, services),
    waitingFor: (look) => judgeRestored(look.observations, plan.before),
  });
  if (conclusion === 'again') return session.goTo('WatchRollback');
  if (conclusion.kind === 'degraded') return degraded(session, conclusion.waiting);
  // A writer that had lost the app may have been late: what it made goes as well.
  if ((await ownObjects(session)).length > 0) return session.goTo('Rollback');
  return session.goTo(plan.previous ? 'RolledBack' : 'Reverted');
};

/** After a revert no process of the first release may be left: any pod counts as an old one. */
const removedServices = (services: readonly RenderedService[]): readonly RenderedService[] =>
  services.map((it) => ({ ...it, template: '' }));

type Conclusion =
  | { readonly kind: 'restored' }
  | { readonly kind: 'degraded'; readonly waiting: string };

const conclude = (
  { observations, memory, cancel }: Look,
  { plan }: PromotionSession,
  services: readonly RenderedService[]
): Conclusion | undefined => {
  const missing = Object.entries(judgeRestored(observations, plan.before)).filter(([, it]) => it);
  if (missing.length === 0) return { kind: 'restored' };
  const waiting = missing.map(([service, what]) => `service ${service}: ${what}`).join('; ');
  const patience = Math.max(deadline, ...services.map((it) => it.policy.readyWithin));
  const isOver = cancel === 'abandon' || memory.clock > patience * 1000;
  return isOver ? { kind: 'degraded', waiting } : undefined;
};

const degraded = (session: PromotionSession, waiting: string): Promise<TaskResult> => {
  session.say('verdict', `system/rackless/rollback not healthy: still waits for ${waiting}`);
  const { reason = '', cause = '' } = session.checkpoint.failure ?? {};
  const failure = { reason, cause: `${cause}; the rollback still waits for ${waiting}` };
  return session.goTo('Degraded', { failure });
};
