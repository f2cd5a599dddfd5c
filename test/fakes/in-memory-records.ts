import type { App } from '#core/apps/app.ts';
import type { Build } from '#core/builds/build.ts';
import { NotFoundError } from '#core/errors.ts';
import type { StoryEvent } from '#core/events/event.ts';
import type { Grant } from '#core/grants/grant.ts';
import { type IdKind, makeId } from '#core/identifiers.ts';
import type { CancelMode, Checkpoint } from '#core/promotions/ports.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import type { Release } from '#core/releases/release.ts';

export interface Lock {
  readonly promotion?: string | undefined;
  readonly queued?: string | undefined;
  readonly attempt: number;
  readonly fence: number;
  readonly lease: number;
  readonly cancel?: CancelMode | undefined;
  readonly activated?: string | undefined;
}

/** Everything under one app's name; the lock outlives the app. */
export interface AppRecords {
  app: App | undefined;
  lock: Lock;
  lastSequence: number;
  readonly builds: Map<string, Build>;
  readonly grants: Map<string, Grant>;
  readonly releases: Map<string, Release>;
  readonly promotions: Map<string, Promotion>;
  readonly stories: Map<string, Map<number, StoryEvent>>;
  readonly checkpoints: Map<string, Checkpoint>;
  /** Expired, and not cleared away yet. */
  readonly uncleared: Set<string>;
  /** When it was looked after last. */
  swept: string;
}

const empty = (): AppRecords => ({
  app: undefined,
  lock: { attempt: 0, fence: 0, lease: 0 },
  lastSequence: 0,
  builds: new Map(),
  grants: new Map(),
  releases: new Map(),
  promotions: new Map(),
  stories: new Map(),
  checkpoints: new Map(),
  uncleared: new Set(),
  swept: '',
});

/** What the table is to the Dynamo adapters, the in-memory ports share: one rack's records. */
export class InMemoryRecords {
  readonly #apps = new Map<string, AppRecords>();
  /** Deleted apps, and until when somebody clears them away (ms). */
  readonly gone = new Map<string, number>();
  #random = 0;

  of(app: string): AppRecords {
    const records = this.#apps.get(app) ?? empty();
    this.#apps.set(app, records);
    return records;
  }

  apps(): readonly App[] {
    return [...this.#apps.values()].flatMap(({ app }) => app ?? []);
  }

  setApp(name: string, change: Partial<App>): App {
    const records = this.of(name);
    if (!records.app) throw new NotFoundError(`app not found: ${name}`);
    records.app = { ...records.app, ...change };
    return records.app;
  }

  /** The next id of an app. Letters differ from id to id, as random ones do. */
  nextId(kind: IdKind, name: string): string {
    const { app } = this.of(name);
    if (!app || app.deleting) throw new NotFoundError(`app not found: ${name}`);
    const { sequence } = this.setApp(name, { sequence: app.sequence + 1 });
    this.#random += 7;
    return makeId(kind, sequence, () => this.#random % 26);
  }

  /** Forgets the records of an app, but not which numbers it has used. */
  retire(name: string): void {
    const { app, lock } = this.of(name);
    const { lease, fence } = lock;
    this.#apps.set(name, {
      ...empty(),
      lock: { attempt: 0, lease, fence: fence + 1 },
      lastSequence: app?.sequence ?? 0,
    });
  }
}

export const newestFirst = <Entry>(entries: ReadonlyMap<string, Entry>): Entry[] =>
  [...entries].toSorted(([one], [other]) => (one < other ? 1 : -1)).map(([, entry]) => entry);
