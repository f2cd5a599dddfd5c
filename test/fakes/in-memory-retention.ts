import type { Build } from '#core/builds/build.ts';
import type { History, Watermark } from '#core/retention/history.ts';
import type { ExpiryPlan } from '#core/retention/plan-expiry.ts';
import type { NameHold, RetentionRecords } from '#core/retention/ports.ts';
import { type InMemoryRecords, newestFirst } from './in-memory-records.ts';

export class InMemoryRetention implements RetentionRecords {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async apps(): Promise<readonly string[]> {
    const swept = (name: string) => this.#records.of(name).swept;
    return this.#records
      .apps()
      .filter((it) => !it.deleting)
      .map((it) => it.name)
      .toSorted((one, other) => (swept(one) < swept(other) ? -1 : 1));
  }

  async sequences(): Promise<ReadonlyMap<string, number>> {
    return new Map(this.#records.apps().map(({ name, sequence }) => [name, sequence]));
  }

  async keptBuilds(app: string): Promise<readonly Build[]> {
    return newestFirst(this.#records.of(app).builds).filter((it) => !it.expired);
  }

  async read(name: string): Promise<History | undefined> {
    const { app, builds, releases, promotions, uncleared } = this.#records.of(name);
    if (!app || app.deleting) return undefined;
    return {
      app: this.#watermark(name),
      builds: newestFirst(builds),
      releases: newestFirst(releases).map(({ env: _env, ...release }) => release),
      promotions: newestFirst(promotions),
      uncleared: [...uncleared],
    };
  }

  async expire(app: Watermark, plan: ExpiryPlan, at: string): Promise<boolean> {
    const { releases, builds, uncleared } = this.#records.of(app.name);
    if (!this.#mayExpire(app, plan)) return false;
    for (const id of plan.releases) {
      const release = releases.get(id);
      if (release) releases.set(id, { ...release, expired: at, env: '', manifest: '' });
    }
    for (const id of plan.builds) {
      const build = builds.get(id);
      if (build) builds.set(id, { ...build, expired: at, manifest: '', buildArgs: {} });
    }
    for (const id of [...plan.releases, ...plan.builds]) uncleared.add(id);
    return true;
  }

  async isUnchanged({ app, builds }: History): Promise<boolean> {
    const [newest] = newestFirst(this.#records.of(app.name).builds);
    const now = JSON.stringify(this.#watermark(app.name));
    return newest?.id === builds[0]?.id && now === JSON.stringify(app);
  }

  async removeStories(app: string, ids: readonly string[]): Promise<void> {
    const { stories, checkpoints } = this.#records.of(app);
    for (const id of ids) {
      stories.delete(id);
      checkpoints.delete(id);
    }
  }

  async settle(app: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#records.of(app).uncleared.delete(id);
  }

  async note(app: string, at: string): Promise<void> {
    this.#records.of(app).swept = at;
  }

  async gone(): Promise<readonly string[]> {
    return [...this.#records.gone.keys()];
  }

  async holdName(app: string, { from, until }: NameHold): Promise<'held' | 'taken' | 'busy'> {
    const held = this.#records.gone.get(app);
    if (this.#records.of(app).app) return 'taken';
    if (held === undefined || held >= from) return 'busy';
    this.#records.gone.set(app, until);
    return 'held';
  }

  async releaseName(
    app: string,
    { until }: NameHold,
    { gone }: { readonly gone: boolean }
  ): Promise<void> {
    if (this.#records.gone.get(app) !== until) return;
    if (gone) this.#records.gone.delete(app);
    else this.#records.gone.set(app, 0);
  }

  #isAsRead({ sequence: _then, ...asRead }: Watermark): boolean {
    const { sequence: _now, ...asIs } = this.#watermark(asRead.name);
    return JSON.stringify(asRead) === JSON.stringify(asIs);
  }

  #mayExpire(app: Watermark, plan: ExpiryPlan): boolean {
    const { releases, builds } = this.#records.of(app.name);
    const marked = plan.releases.map((id) => releases.get(id));
    return (
      this.#isAsRead(app) &&
      marked.every((it) => it && !it.expired && !it.pinned) &&
      plan.builds.every((id) => builds.has(id) && !builds.get(id)?.expired)
    );
  }

  #watermark(name: string): Watermark {
    const { app, releases } = this.#records.of(name);
    const { sequence = 0, active, promotion, queued } = app ?? {};
    const latest = newestFirst(releases)[0]?.id;
    return { name, sequence, latest, active, promotion, queued };
  }
}
