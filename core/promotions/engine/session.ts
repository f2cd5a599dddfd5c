import { timestamp } from '../../clock.ts';
import { SupersededError } from '../../errors.ts';
import type { StoryEvent } from '../../events/event.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import type { CancelMode, End, Hold, LastLines } from '../ports.ts';
import { type Plan, type PromotionCheckpoint, readCheckpoint } from './checkpoint.ts';
import { liveObjects } from './live-objects.ts';
import { renderedWithValues } from './render-release.ts';
import type { EngineDependencies, Next, Run, TaskResult } from './run.ts';

/** A transaction holds 100 items; two are the lock and the promotion. */
const batch = 90;
const seenLimit = 400;

interface Grip {
  readonly run: Run;
  /** When the promotion began; milliseconds since 1970. */
  readonly startedAt: number;
  readonly hold: Hold;
  readonly forceConflicts: boolean;
  readonly checkpoint: PromotionCheckpoint;
}

/** Where a line comes from. */
interface Source {
  readonly key: string;
  readonly at: string;
  /** The version that a watch of events goes on from. */
  readonly version: string | undefined;
}

interface Line {
  readonly event: StoryEvent;
  readonly source: Source | undefined;
}

/** One task's grip on a promotion: its checkpoint, its story, its proof of holding the app. */
export class PromotionSession {
  readonly deps: EngineDependencies;
  readonly run: Run;
  readonly hold: Hold;
  readonly startedAt: number;
  /** Fields that others have changed are taken over instead of refusing the release. */
  readonly forceConflicts: boolean;
  checkpoint: PromotionCheckpoint;
  /** The app's objects as they were read a moment ago, for who comes next; see `takeLive`. */
  live: ReadonlyMap<string, KubernetesObject> | undefined;
  /** What is kept already. */
  #saved: PromotionCheckpoint;
  readonly #unsaved: Line[] = [];
  readonly #seen: Set<string>;
  #renewal: Promise<CancelMode | undefined> | undefined;
  #valued: Promise<RenderedRelease> | undefined;

  constructor(
    deps: EngineDependencies,
    { run, hold, startedAt, forceConflicts, checkpoint }: Grip
  ) {
    this.deps = deps;
    this.run = run;
    this.hold = hold;
    this.startedAt = startedAt;
    this.forceConflicts = forceConflicts;
    this.checkpoint = checkpoint;
    this.#saved = checkpoint;
    this.#seen = new Set(checkpoint.seen);
  }

  /**
   * Goes on with a hold that Prepare took, as the task before left it in the same invocation or as it
   * is kept. Throws `SupersededError` without one.
   */
  static async resume(deps: EngineDependencies, run: Run): Promise<PromotionSession> {
    if (run.fence === undefined) throw new SupersededError('the task holds no app');
    const carried = deps.invocation && carriedSessions.get(deps.invocation);
    if (carried) return carried;
    const hold = { app: run.app, promotion: run.promotion, fence: run.fence };
    const [promotion, stored] = await Promise.all([
      deps.records.find(run.app, run.promotion),
      deps.records.loadCheckpoint(run.app, run.promotion),
    ]);
    if (!promotion) throw new SupersededError(`promotion ${run.promotion} is gone`);
    return new PromotionSession(deps, {
      run,
      hold,
      startedAt: Date.parse(promotion.started),
      forceConflicts: promotion.forceConflicts ?? false,
      checkpoint: readCheckpoint(stored),
    });
  }

  /** Whether a task before this one, in the same invocation, has handed its session on. */
  static isCarried({ invocation }: EngineDependencies): boolean {
    return invocation !== undefined && carriedSessions.has(invocation);
  }

  /** The next task reads what is kept instead. */
  static letGo({ invocation }: EngineDependencies): void {
    if (invocation) carriedSessions.delete(invocation);
  }

  get plan(): Plan {
    if (!this.checkpoint.plan) throw new Error('the promotion has no plan yet');
    return this.checkpoint.plan;
  }

  /**
   * Whether the app is still ours, and whether somebody asked to stop. Those who ask at the same
   * moment share a request: it is sent after each of them has asked.
   */
  renew(): Promise<CancelMode | undefined> {
    this.#renewal ??= this.#renewSoon();
    return this.#renewal;
  }

  async #renewSoon(): Promise<CancelMode | undefined> {
    await Promise.resolve();
    this.#renewal = undefined;
    return (await this.deps.records.renew(this.hold)).cancel;
  }

  /** The objects of the app as the step before left them, or as they are now. */
  async takeLive(): Promise<ReadonlyMap<string, KubernetesObject>> {
    const { live } = this;
    this.live = undefined;
    return live ?? liveObjects(this.deps, this.run.app);
  }

  /** The release with the values of its Secrets: decrypted once by each invocation, kept nowhere. */
  renderedWithValues(): Promise<RenderedRelease> {
    this.#valued ??= renderedWithValues(this.deps, this.run.app, this.plan.rendered);
    return this.#valued;
  }

  /** Adds a line to the story. One with a source that was seen already is left out. */
  say(kind: StoryEvent['kind'], text: string, source?: Source): void {
    if (source && this.#seen.has(source.key)) return;
    if (source) this.#seen.add(source.key);
    const sequence = this.checkpoint.sequence + 1;
    const at = source?.at ?? timestamp(this.deps.clock);
    this.#unsaved.push({ event: { sequence, at, kind, text }, source });
    this.checkpoint = { ...this.checkpoint, sequence };
  }

  /** Convox's line for a change of the app's state. */
  sayStatus(status: string): void {
    if (this.checkpoint.shown === status) return;
    this.say('status', `system/k8s/atom/app Status: ${this.checkpoint.shown} => ${status}`);
    this.checkpoint = { ...this.checkpoint, shown: status };
  }

  /** Ends a waiting for the cluster. */
  sayAnswer(): void {
    if (!this.checkpoint.waiting) return;
    this.say('status', 'system/rackless/cluster answers again');
    this.checkpoint = { ...this.checkpoint, waiting: undefined };
  }

  get hasNews(): boolean {
    return this.#unsaved.length > 0;
  }

  /**
   * Writes the checkpoint and the new lines together. Lines that do not fit into one write go
   * before, with the checkpoint as it was: what is kept never runs ahead of the story.
   */
  async save(change: Partial<PromotionCheckpoint> = {}): Promise<void> {
    this.checkpoint = { ...this.checkpoint, ...change };
    do await this.#keep(this.#saving);
    while (this.#unsaved.length > 0);
  }

  /** Ends the promotion, in one write with the last lines. */
  async settle(end: End): Promise<void> {
    while (this.#unsaved.length > batch) await this.#keep(this.#saving);
    await this.#keep((last) => this.deps.records.settle(this.hold, end, last));
  }

  readonly #saving = ({ checkpoint, events }: LastLines): Promise<void> =>
    this.deps.records.saveCheckpoint(this.hold, checkpoint, events);

  /** Lines may be added while they are written. */
  async #keep(write: (lines: LastLines) => Promise<void>): Promise<void> {
    const lines = this.#unsaved.slice(0, batch);
    const base = lines.length === this.#unsaved.length ? this.checkpoint : this.#saved;
    const next = { ...base, ...this.#trail(lines) };
    await write({ checkpoint: next, events: lines.map((it) => it.event) });
    this.#saved = next;
    const { seen, eventsFrom } = next;
    this.checkpoint = { ...this.checkpoint, seen, eventsFrom };
    this.#unsaved.splice(0, lines.length);
  }

  /** How far the story is once these lines are kept. */
  #trail(lines: readonly Line[]) {
    const sources = lines.flatMap((it) => it.source ?? []);
    return {
      sequence: lines.at(-1)?.event.sequence ?? this.#saved.sequence,
      seen: [...this.#saved.seen, ...sources.map((it) => it.key)].slice(-seenLimit),
      eventsFrom: sources.at(-1)?.version ?? this.#saved.eventsFrom,
    };
  }

  /** Keeps where to go on, and hands over. */
  async goTo(next: Next, change: Partial<PromotionCheckpoint> = {}): Promise<TaskResult> {
    this.sayAnswer();
    await this.save({ ...change, state: next });
    if (this.deps.invocation) carriedSessions.set(this.deps.invocation, this);
    return { ...this.run, fence: this.hold.fence, next };
  }
}

/** What the tasks of an invocation hand on instead of reading it again: the session of the last one. */
const carriedSessions = new WeakMap<object, PromotionSession>();
