import type { Grant } from '#core/grants/grant.ts';
import type { Grants } from '#core/grants/ports.ts';
import { type InMemoryRecords, newestFirst } from './in-memory-records.ts';

export class InMemoryGrants implements Grants {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async list(app: string, limit: number): Promise<readonly Grant[]> {
    return newestFirst(this.#records.of(app).grants).slice(0, limit);
  }

  async create(grant: Omit<Grant, 'id'>): Promise<Grant> {
    const id = this.#records.nextId('G', grant.app);
    const created = { ...grant, id };
    this.#records.of(grant.app).grants.set(id, created);
    return created;
  }

  async markRevoked(app: string, id: string, at: string): Promise<void> {
    const { grants } = this.#records.of(app);
    const grant = grants.get(id);
    if (grant?.revoked === '') grants.set(id, { ...grant, revoked: at });
  }
}
