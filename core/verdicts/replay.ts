import { judge } from './judge.ts';
import { remember } from './memory.ts';
import type { ServiceObservation } from './observation.ts';
import { applyChanges, observed, type RecordedState } from './recorded-state.ts';
import type { RecordedLook, RecordedService, Recording } from './recording.ts';
import { freshMemory, type Memory, type Verdict } from './verdict.ts';

/** Rules that depend on time are looked at this often, as by the engine. */
const defaultTick = 250;
/** No rule waits for longer than this. */
const endOfPatience = 8 * 3_600_000;

export interface ReplayRequest {
  readonly recording: Recording;
  /** Those to judge, under the policy they carry; all of the recording's if left out. */
  readonly services?: readonly RecordedService[];
  /** How often to look while nothing changes; milliseconds. */
  readonly tick?: number;
}

/** One moment of a recording. */
export interface Frame {
  /** Observed time since the first look; milliseconds. */
  readonly at: number;
  readonly observations: readonly ServiceObservation[];
  /** What was new; undefined at a look that showed nothing new. */
  readonly look: RecordedLook | undefined;
  readonly verdict: Verdict;
}

export interface Replay {
  /** Up to the verdict, or to the end of the recording. */
  readonly frames: readonly Frame[];
  readonly verdict: Verdict;
  readonly at: number;
  /** When the recording ends undecided: what it would come to if nothing changed any more. */
  readonly unless: { readonly verdict: Verdict; readonly at: number } | undefined;
}

/** Judges a recording anew, up to the first verdict that ends it. */
export const replay = (request: ReplayRequest): Replay => {
  const frames: Frame[] = [];
  const player = new Player(request);
  for (const frame of player.play()) {
    frames.push(frame);
    if (frame.verdict.kind !== 'progressing') break;
  }
  const { verdict, at } = frames.at(-1) ?? player.frame(undefined);
  const isDecided = verdict.kind !== 'progressing';
  return { frames, verdict, at, unless: isDecided ? undefined : player.hold() };
};

class Player {
  readonly #recording: Recording;
  readonly #services: readonly RecordedService[];
  readonly #tick: number;
  #state: RecordedState = new Map();
  #memory: Memory = freshMemory;

  constructor({ recording, services = recording.services, tick = defaultTick }: ReplayRequest) {
    this.#recording = recording;
    this.#services = services;
    this.#tick = tick;
  }

  *play(): Generator<Frame> {
    for (const [index, look] of this.#recording.looks.entries()) {
      const left = index === 0 ? look.after : yield* this.#pass(look.after);
      this.#state = applyChanges(this.#state, look.seen);
      yield this.#look(left, look);
    }
    const left = yield* this.#pass(this.#recording.rest);
    if (left > 0) yield this.#look(left);
  }

  /** Nothing changes from here on. */
  hold(): Replay['unless'] {
    for (;;) {
      const { verdict, at } = this.#look(this.#tick);
      if (verdict.kind !== 'progressing') return { verdict, at };
      if (at > endOfPatience) return undefined;
    }
  }

  frame(look: RecordedLook | undefined): Frame {
    const observations = this.#observe();
    const { unchanged } = this.#recording;
    const memory = this.#memory;
    const verdict = judge({ services: this.#services, observations, unchanged, memory });
    return { at: memory.clock, observations, look, verdict };
  }

  /** Looks at what stays as it is; returns what is left of the time. */
  *#pass(time: number): Generator<Frame, number> {
    let left = time;
    for (; left > this.#tick; left -= this.#tick) yield this.#look(this.#tick);
    return left;
  }

  #look(elapsed: number, look?: RecordedLook): Frame {
    this.#memory = remember(this.#memory, this.#observe(), elapsed);
    return this.frame(look);
  }

  #observe(): readonly ServiceObservation[] {
    return this.#services.map((it) => observed(it.name, this.#state));
  }
}
