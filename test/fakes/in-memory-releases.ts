import { NewerReleaseError } from '#core/errors.ts';
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
    const created = { ...release, id };
    this.#records.of(app).releases.set(id, created);
    return created;
  }

  #latest(app: string): Release | undefined {
    return newestFirst(this.#records.of(app).releases)[0];
  }
}
