import type { App } from '../apps/app.ts';
import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { refuseClosed } from '../apps/require-open-app.ts';
import { type Clock, timestamp } from '../clock.ts';
import { AppUpdatingError, InvalidRequestError, UnavailableError } from '../errors.ts';
import { sequenceOf } from '../identifiers.ts';
import type { PromotionRuns, Promotions } from '../promotions/ports.ts';
import type { Promotion } from '../promotions/promotion.ts';
import { showPromotion } from '../promotions/show-promotion.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { findRelease } from './find-release.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Releases;
  readonly promotions: Promotions;
  readonly promotionRuns: PromotionRuns;
  readonly clock: Clock;
}

interface PromoteRelease {
  readonly app: string;
  readonly id: string;
  readonly 'force-conflicts'?: boolean;
}

/** Begins a promotion; its execution takes it to one of five ends. Checks stand in Convox's order. */
export const promoteRelease =
  (deps: Dependencies) =>
  async (
    { app: name, id, 'force-conflicts': forceConflicts = false }: PromoteRelease,
    caller: Token | undefined
  ) => {
    const app = await requireApp(deps.apps, name);
    refuseBusy(app);
    const release = await findRelease(deps.releases, name, id);
    refuseUnfit(release, app);
    refuseClosed(app);
    const promotion = await deps.promotions.begin({
      ...begun(release, app.active),
      started: timestamp(deps.clock),
      actor: actorName(caller),
      forceConflicts,
    });
    await start(deps.promotionRuns, promotion);
    return showPromotion(promotion);
  };

const refuseBusy = ({ promotion }: App): void => {
  if (!promotion) return;
  throw new AppUpdatingError({
    hint: `promotion ${promotion} is under way: wait for it, or stop it with apps cancel`,
  });
};

const refuseUnfit = (release: Release, { active }: App): void => {
  if (!release.manifest) {
    throw new InvalidRequestError('can not promote a release with an empty manifest', {
      hint: 'this release has no build: deploy the app first',
    });
  }
  if (active && sequenceOf(release.id) < sequenceOf(active)) {
    throw new InvalidRequestError('can not promote an older release, try rollback', {
      hint: `release ${active} is active and newer`,
    });
  }
};

/** The promotion has begun, whether its execution starts now or is started by the sweep. */
const start = async (runs: PromotionRuns, { app, id }: Promotion): Promise<void> => {
  try {
    await runs.start({ app, id, attempt: 1 });
  } catch (cause) {
    throw new UnavailableError(`promotion ${id} is recorded, but could not be started yet`, {
      hint: 'it starts by itself within minutes: follow it, or stop it with apps cancel',
      cause,
    });
  }
};

const begun = (
  release: { readonly app: string; readonly id: string },
  active: string | undefined
) => ({
  app: release.app,
  release: release.id,
  previous: active ?? '',
  status: 'running' as const,
  reason: '',
  cause: '',
  services: [],
  ended: '',
  attempt: 1,
});
