import { findOpenApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import { type Clock, timestamp } from '../clock.ts';
import { AppUpdatingError, InvalidRequestError } from '../errors.ts';
import type { PromotionRuns, Promotions } from '../promotions/ports.ts';
import { showPromotion } from '../promotions/show-promotion.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { findRelease } from './find-release.ts';
import type { Releases } from './ports.ts';

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
}

/** Begins a promotion; its execution takes it to one of five ends. Checks stand in Convox's order. */
export const promoteRelease =
  (deps: Dependencies) =>
  async ({ app: name, id }: PromoteRelease, caller: Token | undefined) => {
    const app = await findOpenApp(deps.apps, name);
    if (app.promotion) {
      throw new AppUpdatingError({
        hint: `promotion ${app.promotion} is under way: wait for it, or stop it with apps cancel`,
      });
    }
    const release = await findRelease(deps.releases, name, id);
    if (!release.manifest) {
      throw new InvalidRequestError('can not promote a release with an empty manifest', {
        hint: 'this release has no build: deploy the app first',
      });
    }
    const promotion = await deps.promotions.begin({
      ...begun(release, app.active),
      started: timestamp(deps.clock),
      actor: actorName(caller),
    });
    // If this fails the promotion is under way all the same: the sweep starts it.
    await deps.promotionRuns.start({ app: name, id: promotion.id, attempt: 1 });
    return showPromotion(promotion);
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
