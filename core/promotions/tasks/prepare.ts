import { namespaceOf } from '../../apps/app.ts';
import { documentKeys } from '../../documents/ports.ts';
import { DomainError } from '../../errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { appSelector } from '../../rendering/labels.ts';
import {
  type RenderedRelease,
  type RenderedService,
  withoutValues,
} from '../../rendering/rendered-release.ts';
import { observeService } from '../../verdicts/observe-service.ts';
import type { Before, Plan } from '../engine/checkpoint.ts';
import { foundObjects, restoredServices } from '../engine/found-objects.ts';
import { liveObjects } from '../engine/live-objects.ts';
import { renderRelease } from '../engine/render-release.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';
import { patiently } from '../engine/wait-for-cluster.ts';
import type { Promotion } from '../promotion.ts';

/**
 * Takes the app (waiting out a holder that may still write), decides what will be done and records
 * how things stand now. A fresh execution of a promotion that was under way goes on where it was.
 */
export const prepare = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const fence = run.fence ?? (await take(deps, run));
  return patiently(begin, deps, { run: { ...run, fence }, state: 'Prepare' });
};

/** After waiting for the cluster the app is held already. */
const take = async (deps: EngineDependencies, run: Run): Promise<number> => {
  const { hold, waitUntil } = await deps.records.acquire({
    app: run.app,
    id: run.promotion,
    attempt: run.attempt,
  });
  await deps.sleep(Math.max(0, waitUntil - deps.clock()));
  return hold.fence;
};

const begin = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { state, plan } = session.checkpoint;
  if (state && plan) return session.goTo(state);
  return plannedBy(session);
};

const plannedBy = async (session: PromotionSession): Promise<TaskResult> => {
  const promotion = await session.deps.records.find(session.run.app, session.run.promotion);
  if (!promotion) throw new Error(`promotion ${session.run.promotion} is gone`);
  session.sayStatus('Pending');
  try {
    const plan = await makePlan(session, promotion);
    return await session.goTo('Preflight', { plan });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return session.goTo('Refused', { failure: { reason: error.code, cause: error.message } });
  }
};

/** What the author of the release must mend, as opposed to what time mends. */
export const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError && ['invalid', 'not-found', 'too-large'].includes(error.kind);

const makePlan = async (session: PromotionSession, promotion: Promotion): Promise<Plan> => {
  const { deps, run } = session;
  const previous = promotion.previous
    ? await renderedBefore(deps, { app: run.app, release: promotion.previous })
    : undefined;
  const rendered = await renderRelease(deps, promotion, previous);
  const namespace = namespaceOf(deps.rack, run.app);
  const [live, pods, events] = await Promise.all([
    liveObjects(deps, run.app),
    deps.cluster.list('Pod', namespace, appSelector({ rack: deps.rack, app: run.app })),
    deps.cluster.list('Event', namespace),
  ]);
  session.live = live;
  const found = foundObjects(live, rendered, previous);
  const plan = { rendered: within(promotion.timeout, withoutValues(rendered)), previous, found };
  return {
    ...plan,
    before: healthBefore(restoredServices(plan), [...live.values(), ...pods.items]),
    eventsFrom: events.resourceVersion,
  };
};

/** A timeout that was asked for with the promotion is for all services; seconds. */
const within = (timeout: number | undefined, rendered: RenderedRelease): RenderedRelease => ({
  ...rendered,
  services: rendered.services.map((service) =>
    timeout ? { ...service, policy: { ...service.policy, progressDeadline: timeout } } : service
  ),
});

/** As it was rendered when it became active; should that be lost, as it would be rendered now. */
const renderedBefore = async (
  deps: EngineDependencies,
  target: { readonly app: string; readonly release: string }
): Promise<RenderedRelease> => {
  const kept = await deps.documents.read(documentKeys.rendered(target.app, target.release));
  if (kept) return kept as RenderedRelease;
  return withoutValues(await renderRelease(deps, target, undefined));
};

const healthBefore = (
  services: readonly RenderedService[],
  objects: readonly KubernetesObject[]
): Readonly<Record<string, Before>> =>
  Object.fromEntries(
    services.map((service) => {
      const seen = observeService(service, objects);
      const ready = seen.fresh.filter((it) => it.isReady).length;
      return [service.name, { ready, replicas: seen.deployment?.desired }];
    })
  );
