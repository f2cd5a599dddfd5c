import { ExpiredError, NewerReleaseError, NotFoundError } from '#core/errors.ts';
import type { Releases } from '#core/releases/ports.ts';
import type { ListedRelease, Release } from '#core/releases/release.ts';
import { type InMemoryRecords, newestFirst } from './in-memory-records.ts';

export class InMemoryReleases implements Releases {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async list(app: string, limit: number): Promise<readonly ListedRelease[]> {
    return newestFirst(this.#records.of(app).releases)
      .slice(0, limit)
      .map(({ env: _env, ...release }) => release);
  }

  async find(app: string, id: string): Promise<Release | undefined> {
    return this.#records.of(app).releases.get(id);
  }

  async latest(app: string): Promise<Release | undefined> {
    return this.#latest(app);
  }

  async create(release: Omit<Release, 'id'>, basedOn: string | undefined): Promise<Release> {
    const { app } = release;
    const id = this.#records.nextId('R', app);
    if (this.#latest(app)?.id !== basedOn) {
      throw new NewerReleaseError(`another release of ${app} was made at the same time`);
    }
    if (this.#records.of(app).builds.get(release.build)?.expired) {
      throw new ExpiredError('build', release.build);
    }
    const created = { ...release, id };
    this.#records.of(app).releases.set(id, created);
    return created;
  }

  async pin(app: string, id: string, pinned: boolean): Promise<ListedRelease> {
    const { releases } = this.#records.of(app);
    const release = releases.get(id);
    if (!release) throw new NotFoundError(`release not found: ${id}`);
    if (release.expired) throw new ExpiredError('release', id);
    const { pinned: _pinned, ...rest } = release;
    releases.set(id, { ...rest, ...(pinned && { pinned }) });
    const [changed] = (await this.list(app, 1000)).filter((it) => it.id === id);
    if (!changed) throw new Error(`release ${id} is not listed`);
    return changed;
  }

  #latest(app: string): Release | undefined {
    return newestFirst(this.#records.of(app).releases)[0];
  }
}
