import type { RenderedService } from '../../rendering/rendered-release.ts';
import { judgeRestored } from '../../verdicts/judge-restored.ts';
import { restoredServices } from '../engine/found-objects.ts';
import {
  deletedText,
  lacksDeployment,
  missingObjects,
  putBackOnceMore,
} from '../engine/missing-objects.ts';
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
  const services = restoredServices(plan);
  const conclusion = await watchApp(session, {
    services,
    status: 'rolling-back',
    conclude: (look) => conclude(look, session, services),
    waitingFor: (look) => judgeRestored(look.observations, plan.before),
  });
  if (conclusion === 'again') return session.goTo('WatchRollback');
  if (conclusion.kind === 'degraded') return degraded(session, conclusion.waiting);
  const missing = plan.previous ? await missingObjects(session, plan.previous) : [];
  if (missing.length > 0) return putBack(session, missing);
  if (conclusion.kind === 'incomplete') return session.goTo('WatchRollback');
  // A writer that had lost the app may have been late: what it made goes as well.
  if ((await ownObjects(session)).length > 0) return session.goTo('Rollback');
  return session.goTo(plan.previous ? 'RolledBack' : 'Reverted');
};

type Conclusion =
  | { readonly kind: 'restored' }
  /** Of a release that was active before: somebody has deleted a Deployment of it. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'degraded'; readonly waiting: string };

const conclude = (
  { observations, memory, cancel }: Look,
  { plan }: PromotionSession,
  services: readonly RenderedService[]
): Conclusion | undefined => {
  if (plan.previous && lacksDeployment(observations) && !cancel) return { kind: 'incomplete' };
  const missing = Object.entries(judgeRestored(observations, plan.before)).filter(([, it]) => it);
  if (missing.length === 0) return { kind: 'restored' };
  const waiting = missing.map(([service, what]) => `service ${service}: ${what}`).join('; ');
  const patience = Math.max(deadline, ...services.map((it) => it.policy.readyWithin));
  const isOver = cancel === 'abandon' || memory.clock > patience * 1000;
  return isOver ? { kind: 'degraded', waiting } : undefined;
};

const putBack = (session: PromotionSession, missing: readonly string[]): Promise<TaskResult> => {
  const counted = putBackOnceMore(session, missing);
  return counted ? session.goTo('Rollback', counted) : degraded(session, deletedText(missing));
};

const degraded = (session: PromotionSession, waiting: string): Promise<TaskResult> => {
  session.say('verdict', `system/rackless/rollback not healthy: still waits for ${waiting}`);
  const { reason = '', cause = '' } = session.checkpoint.failure ?? {};
  const failure = { reason, cause: `${cause}; the rollback still waits for ${waiting}` };
  return session.goTo('Degraded', { failure });
};
