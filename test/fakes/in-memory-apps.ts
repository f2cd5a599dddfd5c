import type { App, Policy } from '#core/apps/app.ts';
import type { Apps } from '#core/apps/ports.ts';
import type { Clock } from '#core/clock.ts';
import { ConflictError } from '#core/errors.ts';
import { InMemoryRecords } from './in-memory-records.ts';

export class InMemoryApps implements Apps {
  readonly #records: InMemoryRecords;
  readonly #clock: Clock;

  constructor(records = new InMemoryRecords(), clock: Clock = Date.now) {
    this.#records = records;
    this.#clock = clock;
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
    if ((this.#records.gone.get(app.name) ?? 0) >= this.#clock()) {
      throw new ConflictError(`an earlier app ${app.name} is just being cleared away`);
    }
    records.app = { ...app, sequence: Math.max(app.sequence, records.lastSequence) };
  }

  async change(name: string, change: { locked?: boolean; policy?: Policy }): Promise<void> {
    this.#records.setApp(name, change);
  }

  async markDeleting(name: string): Promise<void> {
    this.#records.setApp(name, { deleting: true });
  }

  async remove(name: string): Promise<void> {
    if (!this.#records.of(name).app) return;
    this.#records.retire(name);
    this.#records.gone.set(name, this.#records.gone.get(name) ?? 0);
  }

  async forget(name: string): Promise<void> {
    if (!this.#records.of(name).app) return;
    this.#records.gone.delete(name);
    this.#records.retire(name);
  }
}
