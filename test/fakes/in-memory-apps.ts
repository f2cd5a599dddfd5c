import type { App, Policy } from '#core/apps/app.ts';
import type { Apps } from '#core/apps/ports.ts';
import { ConflictError } from '#core/errors.ts';
import { InMemoryRecords } from './in-memory-records.ts';

export class InMemoryApps implements Apps {
  readonly #records: InMemoryRecords;

  constructor(records = new InMemoryRecords()) {
    this.#records = records;
  }

  async list(): Promise<readonly App[]> {
    return this.#records.apps().toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  async find(name: string): Promise<App | undefined> {
    return this.#records.of(name).app;
  }

  async create(app: App): Promise<void> {
    const records = this.#records.of(app.name);
    if (records.app) throw new ConflictError(`app already exists: ${app.name}`);
    records.app = { ...app, sequence: Math.max(app.sequence, records.lastSequence) };
  }

  async change(name: string, change: { locked?: boolean; policy?: Policy }): Promise<void> {
    this.#records.setApp(name, change);
  }

  async markDeleting(name: string): Promise<void> {
    this.#records.setApp(name, { deleting: true });
  }

  async remove(name: string): Promise<void> {
    if (this.#records.of(name).app) this.#records.retire(name);
  }
}
