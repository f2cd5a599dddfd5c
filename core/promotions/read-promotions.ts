import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { type Documents, documentKeys } from '../documents/ports.ts';
import { NotFoundError } from '../errors.ts';
import { type FollowDependencies, followStory } from '../events/follow-story.ts';
import type { Evidence } from './engine/gather-evidence.ts';
import type { Promotions } from './ports.ts';
import { isEnded, type Promotion } from './promotion.ts';
import { showPromotion } from './show-promotion.ts';

interface Dependencies extends FollowDependencies {
  readonly apps: Apps;
  readonly promotions: Promotions;
  readonly documents: Documents;
}

interface One {
  readonly app: string;
  readonly id: string;
}

const find = async ({ apps, promotions }: Dependencies, { app, id }: One): Promise<Promotion> => {
  await requireApp(apps, app);
  return findPromotion(promotions, { app, id });
};

const findPromotion = async (promotions: Promotions, { app, id }: One): Promise<Promotion> => {
  const promotion = await promotions.find(app, id);
  if (promotion) return promotion;
  throw new NotFoundError(`promotion not found: ${id}`, {
    hint: `see the promotions of app ${app}`,
  });
};

export const listPromotions =
  (deps: Dependencies) =>
  async (request: { app: string; release?: string | undefined; limit: number }) => {
    const { app, release, limit } = request;
    await requireApp(deps.apps, app);
    const promotions = await deps.promotions.list(app, { limit, ...(release && { release }) });
    return promotions.map(showPromotion);
  };

export const getPromotion = (deps: Dependencies) => async (request: One) =>
  showPromotion(await find(deps, request));

export const listPromotionEvents =
  (deps: Dependencies) =>
  async (request: One & { readonly after: number; readonly wait: number }) => {
    await requireApp(deps.apps, request.app);
    let promotion: Promotion | undefined;
    const hasEnded = async () => {
      promotion = await findPromotion(deps.promotions, request);
      return isEnded(promotion);
    };
    const page = await followStory(deps, { ...request, hasEnded });
    return { ...page, ...(page.done && promotion && { promotion: showPromotion(promotion) }) };
  };

/** An earlier version of the rack gathered less. */
const nothingMore = { nodes: [], pulls: [], changes: [], missing: [] };

export const getEvidence = (deps: Dependencies) => async (request: One) => {
  await find(deps, request);
  const key = documentKeys.evidence(request.app, request.id);
  const kept = (await deps.documents.read(key)) as Evidence | undefined;
  if (!kept)
    throw new NotFoundError(`no evidence of promotion: ${request.id}`, {
      hint: 'only a promotion that failed has evidence, as long as its release is kept',
    });
  const evidence = { ...nothingMore, ...kept };
  const { recording, ...rest } = evidence;
  return {
    ...rest,
    processes: [...evidence.processes],
    events: [...evidence.events],
    nodes: [...evidence.nodes],
    pulls: [...evidence.pulls],
    changes: [...evidence.changes],
    missing: [...evidence.missing],
    ...(recording && { recording: { ...recording } }),
  };
};
