import { type ClearGoneAppDependencies, clearGoneApp } from './clear-gone-app.ts';
import { type ExpireAppDependencies, type Expiry, expireApp } from './expire-app.ts';
import { wantedElsewhere } from './wanted-elsewhere.ts';

type Dependencies = ExpireAppDependencies & ClearGoneAppDependencies;

export interface Sweep {
  readonly apps: readonly Expiry[];
  /** Deleted apps of which nothing is left now. */
  readonly gone: readonly string[];
  /** What did not work, or was put off; the next run goes on with it. */
  readonly left: readonly { readonly app: string; readonly reason: string }[];
}

/** Long enough for thousands of images, and well within the time of a function; milliseconds. */
const patience = 600_000;

/**
 * Looks after every app of the rack, and clears away what deleted ones have left. One that is in trouble
 * holds up no other. Begins with those that were looked after longest ago, and ends when its time is over.
 * With a name, one app alone.
 */
export const expireApps =
  (deps: Dependencies) =>
  async ({ app: only }: { readonly app?: string | undefined } = {}): Promise<Sweep> => {
    const deadline = deps.clock() + patience;
    const sweep = {
      apps: [] as Expiry[],
      gone: [] as string[],
      left: [] as Sweep['left'][number][],
    };
    const elsewhere = wantedElsewhere(deps);
    const expire = expireOne(expireApp(deps, elsewhere), sweep.apps);
    const clear = clearOne(clearGoneApp(deps, elsewhere), sweep.gone);
    const all = [
      ...(await deps.retention.apps()).map((app) => [app, expire] as const),
      ...(await deps.retention.gone()).map((app) => [app, clear] as const),
    ];
    for (const [app, work] of all.filter(([app]) => !only || app === only)) {
      const reason = deps.clock() < deadline ? await trouble(work, app) : 'the time was over';
      if (reason) sweep.left.push({ app, reason });
    }
    return sweep;
  };

type Work = (app: string) => Promise<string>;

const expireOne =
  (expire: ReturnType<typeof expireApp>, done: Expiry[]): Work =>
  async (app) => {
    const expiry = await expire(app);
    if (expiry && isWorthTelling(expiry)) done.push(expiry);
    return expiry?.left ?? '';
  };

const clearOne =
  (clear: ReturnType<typeof clearGoneApp>, done: string[]): Work =>
  async (app) => {
    const state = await clear(app);
    if (state === 'gone') done.push(app);
    return reasons[state] ?? '';
  };

const reasons: Readonly<Record<string, string>> = {
  busy: 'another run clears it away',
  kept: 'the registry deletes nothing',
};

const trouble = async (work: Work, app: string): Promise<string> => {
  try {
    return await work(app);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const isWorthTelling = ({ expired, images, documents }: Expiry): boolean =>
  expired.length + images.length + documents > 0;
