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
import { usableRelease } from './find-release.ts';
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
  readonly queue?: boolean;
  readonly force?: boolean;
  readonly 'force-conflicts'?: boolean;
  /** Seconds without progress. */
  readonly timeout?: number | undefined;
  /** Percent of the processes that run during the update. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * Begins a promotion, or puts it in the queue; its execution takes it to one of five ends. Checks
 * stand in Convox's order.
 */
export const promoteRelease =
  (deps: Dependencies) => async (request: PromoteRelease, caller: Token | undefined) => {
    const { queue = false, force = false } = request;
    // Both are read at once; which of them is missing is said in Convox's order.
    const reading = usableRelease(deps.releases, request.app, request.id);
    reading.catch(() => undefined);
    const app = await requireApp(deps.apps, request.app);
    if (!(queue || force)) refuseBusy(app);
    const release = await reading;
    refuseUnfit(release, app);
    refuseClosed(app);
    const wanted = {
      ...fresh(release),
      actor: actorName(caller),
      started: timestamp(deps.clock),
      forceConflicts: request['force-conflicts'] ?? false,
      ...changesFor(request),
    };
    const promotion =
      queue || force ? await getInLine(deps, wanted, force) : await begin(deps, wanted, app);
    return showPromotion(promotion);
  };

/** What stands in place of the manifest's words. */
const changesFor = ({ timeout, min, max }: PromoteRelease) => ({
  ...(timeout && { timeout }),
  ...(min !== undefined && { minimum: min }),
  ...(max !== undefined && { maximum: max }),
});

type Wanted = Omit<Promotion, 'id' | 'status' | 'previous' | 'attempt'>;

const begin = async (
  { promotions, promotionRuns }: Dependencies,
  wanted: Wanted,
  { active = '' }: App
): Promise<Promotion> => {
  const promotion = await promotions.begin({
    ...wanted,
    status: 'running',
    previous: active,
    attempt: 1,
  });
  await start(promotionRuns, promotion);
  return promotion;
};

/** How often the app may be found free and then be taken by somebody else. */
const tries = 10;

/** Where it goes back to, and its first execution, are for its turn to say. */
const getInLine = async (
  deps: Dependencies,
  wanted: Wanted,
  force: boolean
): Promise<Promotion> => {
  let cause: unknown;
  for (let count = 0; count < tries; count++) {
    const waiting = { ...wanted, status: 'queued' as const, previous: '', attempt: 0 };
    const queued = await deps.promotions.queue(waiting, { force });
    if (queued) return queued;
    try {
      return await begin(deps, wanted, await requireApp(deps.apps, wanted.app));
    } catch (error) {
      if (!(error instanceof AppUpdatingError)) throw error;
      cause = error;
    }
  }
  throw new UnavailableError(`too many promotions of ${wanted.app} at once`, {
    hint: 'try again',
    cause,
  });
};

const refuseBusy = ({ promotion }: App): void => {
  if (!promotion) return;
  throw new AppUpdatingError({
    hint: `promotion ${promotion} is under way: wait your turn behind it, replace it by force, or cancel it`,
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

const fresh = ({ app, id }: Release) => ({
  app,
  release: id,
  reason: '',
  cause: '',
  services: [],
  ended: '',
});
