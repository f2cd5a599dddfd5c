import { type Clock, timestamp } from '../clock.ts';
import type { Documents } from '../documents/ports.ts';
import type { StoryEvent, StoryKey } from '../events/event.ts';
import type { Stories } from '../events/ports.ts';
import type { LogPosition } from '../logs/log-position.ts';

export interface StoryDependencies {
  readonly documents: Documents;
  readonly stories: Stories;
  readonly clock: Clock;
}

export interface StoryLine {
  /** RFC 3339; now when it is left out. */
  readonly at?: string;
  readonly text: string;
  readonly kind?: StoryEvent['kind'];
}

interface Kept {
  readonly v: 1;
  /** Events up to here are in the story, except those of `pending`. */
  readonly sequence: number;
  readonly pending: readonly StoryEvent[];
  /** Steps that have said their lines. */
  readonly said: readonly string[];
  /** By container: time in nanoseconds, count, restarts. */
  readonly positions: readonly (readonly [string, string, number, number])[];
}

const nothing: Kept = { v: 1, sequence: 0, pending: [], said: [], positions: [] };

/** A story is a query away from its reader, an event an item of 400 KB at most. */
const longestLine = 10_000;

const keyOf = ({ app, id }: StoryKey): string => `apps/${app}/builds/${id}/story.json`;

/**
 * The lines of a build. What is about to be written is kept first, with how far the logs have been
 * read: a task that is killed in between is repeated without losing or doubling a line.
 */
export class BuildStory {
  readonly #deps: StoryDependencies;
  readonly #story: StoryKey;
  #kept: Kept;

  private constructor(deps: StoryDependencies, story: StoryKey, kept: Kept) {
    this.#deps = deps;
    this.#story = story;
    this.#kept = kept;
  }

  static async open(deps: StoryDependencies, story: StoryKey): Promise<BuildStory> {
    const kept = ((await deps.documents.read(keyOf(story))) as Kept | undefined) ?? nothing;
    await deps.stories.append(story, kept.pending);
    return new BuildStory(deps, story, kept);
  }

  get positions(): ReadonlyMap<string, LogPosition> {
    return new Map(
      this.#kept.positions.map(([key, at, count, restarts]) => [
        key,
        { at: BigInt(at), count, restarts },
      ])
    );
  }

  /** Lines of a step of the build, once, however often the step is repeated. */
  async say(step: string, ...texts: readonly string[]): Promise<void> {
    if (this.#kept.said.includes(step)) return;
    await this.#write(
      texts.map((text) => ({ text })),
      { said: [...this.#kept.said, step] }
    );
  }

  /** Lines of logs that have been read up to some positions. */
  async addLog(
    lines: readonly StoryLine[],
    positions: ReadonlyMap<string, LogPosition>
  ): Promise<void> {
    if (lines.length === 0) return;
    await this.#write(lines, {
      positions: [...positions].map(
        ([key, { at, count, restarts }]) => [key, String(at), count, restarts] as const
      ),
    });
  }

  /** All that was said, as one text. */
  async text(): Promise<string> {
    const parts: string[] = [];
    let after = 0;
    for (;;) {
      const events = await this.#deps.stories.read(this.#story, after);
      if (events.length === 0) return parts.join('');
      parts.push(...events.map((event) => `${event.text}\n`));
      after = events.at(-1)?.sequence ?? after;
    }
  }

  async #write(lines: readonly StoryLine[], change: Partial<Kept>): Promise<void> {
    const { documents, stories, clock } = this.#deps;
    const pending = lines.map(({ text, at = timestamp(clock), kind = 'log' }, index) => ({
      sequence: this.#kept.sequence + 1 + index,
      at,
      text: text.length > longestLine ? `${text.slice(0, longestLine)}…` : text,
      kind,
    }));
    const sequence = this.#kept.sequence + pending.length;
    const kept = { ...this.#kept, ...change, sequence, pending };
    await documents.write(keyOf(this.#story), kept);
    await stories.append(this.#story, pending);
    this.#kept = kept;
  }
}
