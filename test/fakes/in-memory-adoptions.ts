import type { AdoptedApp, Adoptions } from '#core/adoptions/ports.ts';
import { ConflictError } from '#core/errors.ts';
import type { InMemoryRecords } from './in-memory-records.ts';

export class InMemoryAdoptions implements Adoptions {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async restore({ app, release, build, fence }: AdoptedApp): Promise<void> {
    const records = this.#records.of(app.name);
    if (records.app) throw new ConflictError(`app already exists: ${app.name}`);
    if (records.lock.promotion) {
      throw new ConflictError(`a promotion of ${app.name} is in the way`);
    }
    records.app = { ...app, sequence: Math.max(app.sequence, records.lastSequence) };
    records.lock = { ...records.lock, fence: Math.max(fence, records.lock.fence) };
    records.releases.set(release.id, release);
    if (build) records.builds.set(build.id, build);
  }
}
