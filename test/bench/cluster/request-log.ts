import type { ServerResponse } from 'node:http';

/** How often each request was made, by its description. */
export type Counts = Readonly<Record<string, number>>;

/** One request on its way through a proxy; milliseconds since 1970. */
export interface Asked {
  readonly what: string;
  readonly at: number;
  /** When its answer was complete; undefined while it is not. */
  readonly answered: number | undefined;
}

type Open = { -readonly [Field in keyof Asked]: Asked[Field] };

/** What a proxy lets through. */
export class RequestLog {
  #asked: Asked[] = [];

  add(what: string, answer: ServerResponse): void {
    const asked: Open = { what, at: Date.now(), answered: undefined };
    this.#asked.push(asked);
    answer.on('close', () => {
      asked.answered = Date.now();
    });
  }

  /** Since the last time, in the order in which they came. */
  take(): readonly Asked[] {
    const taken = this.#asked;
    this.#asked = [];
    return taken;
  }

  takeCounts(): Counts {
    const counts: Record<string, number> = {};
    for (const { what } of this.take()) counts[what] = (counts[what] ?? 0) + 1;
    return counts;
  }
}
