import type { Build } from '#core/builds/build.ts';
import { isFinishedBuild } from '#core/builds/build.ts';
import type { BuildRuns, Builds, Cancellation, Import } from '#core/builds/ports.ts';
import { ConflictError } from '#core/errors.ts';
import { type InMemoryRecords, newestFirst } from './in-memory-records.ts';

export class InMemoryBuilds implements Builds {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async list(app: string, limit: number): Promise<readonly Build[]> {
    return newestFirst(this.#records.of(app).builds).slice(0, limit);
  }

  async find(app: string, id: string): Promise<Build | undefined> {
    return this.#records.of(app).builds.get(id);
  }

  async create(build: Omit<Build, 'id'>): Promise<Build> {
    const id = this.#records.nextId('B', build.app);
    const created = { ...build, id };
    this.#records.of(build.app).builds.set(id, created);
    return created;
  }

  async change(app: string, id: string, change: Partial<Build>): Promise<Build> {
    const { builds } = this.#records.of(app);
    const build = builds.get(id);
    if (!build || isFinishedBuild(build)) throw new ConflictError(`build ${id} has ended already`);
    const changed = { ...build, ...change };
    builds.set(id, changed);
    return changed;
  }

  async cancel(app: string, id: string, end: Cancellation): Promise<Build> {
    const build = await this.find(app, id);
    if (build?.committed) throw new ConflictError(`build ${id} is making its release`);
    return this.change(app, id, { ...end, status: 'failed' });
  }

  async beginImport(app: string, id: string, begin: Import): Promise<Build> {
    // Nothing may come between the look and the change.
    const build = this.#records.of(app).builds.get(id);
    if (build?.status !== 'created') throw new ConflictError(`build ${id} has begun already`);
    return this.change(app, id, { ...begin, status: 'running', external: false });
  }

  async nameRelease(app: string, id: string, release: string): Promise<Build> {
    const build = await this.find(app, id);
    if (build?.status !== 'complete' || !['', release].includes(build.release)) {
      throw new ConflictError(`build ${id} is not complete, or has made another release`);
    }
    const named = { ...build, release };
    this.#records.of(app).builds.set(id, named);
    return named;
  }
}

/** Knows which builds were started; `isBroken` makes starting fail. */
export class InMemoryBuildRuns implements BuildRuns {
  readonly started: string[] = [];
  isBroken = false;

  async start({ app, id }: { app: string; id: string }): Promise<void> {
    if (this.isBroken) throw new Error('the state machine does not start');
    this.started.push(`${app}/${id}`);
  }

  async isRunning({ app, id }: { app: string; id: string }): Promise<boolean> {
    return this.started.includes(`${app}/${id}`);
  }
}
