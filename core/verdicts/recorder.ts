import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { RenderedService } from '../rendering/rendered-release.ts';
import type { Unchanged } from './judge-service.ts';
import type { ServiceObservation } from './observation.ts';
import { applyChanges, changeOf, type RecordedState } from './recorded-state.ts';
import type { RecordedLook, Recording } from './recording.ts';

/** Characters of JSON; packed it is about a tenth. */
const limit = 120_000;
/** Longer than this it does not go into a checkpoint, which has more important things to keep. */
const packedLimit = 40_000;

interface Subject {
  readonly services: readonly RenderedService[];
  readonly unchanged: Readonly<Record<string, Unchanged>>;
}

/** Takes down what the engine sees. It goes on from a packed recording after an interruption. */
export class Recorder {
  readonly #subject: Subject;
  readonly #looks: RecordedLook[];
  readonly #sizes: number[];
  #state: RecordedState = new Map();
  #rest: number;
  #packed: { readonly text: string | undefined; readonly rest: number } | undefined;

  constructor(subject: Subject, packed?: string) {
    this.#subject = subject;
    const before = packed === undefined ? undefined : unpackRecording(packed);
    this.#looks = [...(before?.looks ?? [])];
    this.#sizes = this.#looks.map(sizeOf);
    this.#rest = before?.rest ?? 0;
    for (const { seen } of this.#looks) this.#state = applyChanges(this.#state, seen);
  }

  /** One look, so much observed time after the last one; milliseconds. */
  add(observations: readonly ServiceObservation[], elapsed: number): void {
    this.#rest += elapsed;
    const changes = observations.flatMap((it) => {
      const change = changeOf(this.#state, it);
      return change ? [[it.service, change] as const] : [];
    });
    if (changes.length === 0) return;
    const seen = Object.fromEntries(changes);
    this.#state = applyChanges(this.#state, seen);
    this.#push({ after: this.#rest, seen });
    this.#rest = 0;
    this.#packed = undefined;
  }

  get recording(): Recording {
    const { services, unchanged } = this.#subject;
    return {
      v: 1,
      services: services.map(({ name, template, policy }) => ({ name, template, policy })),
      unchanged,
      looks: this.#looks,
      rest: this.#rest,
    };
  }

  /** For the checkpoint; undefined when even its short form is too long for that. */
  get packed(): string | undefined {
    if (this.#packed?.rest === this.#rest) return this.#packed.text;
    const text = deflateRawSync(JSON.stringify(this.recording)).toString('base64');
    this.#packed = { text: text.length > packedLimit ? undefined : text, rest: this.#rest };
    return this.#packed.text;
  }

  #push(look: RecordedLook): void {
    this.#looks.push(look);
    this.#sizes.push(sizeOf(look));
    if (sum(this.#sizes) > limit) this.#drop();
  }

  /** The beginning and the end tell most: looks between them become one. */
  #drop(): void {
    const first = this.#firstToDrop();
    while (sum(this.#sizes) > limit * 0.75 && this.#looks.length > first + 2) {
      const [one, other] = this.#looks.slice(first, first + 2);
      if (!one || !other) return;
      const folded = fold(one, other);
      this.#looks.splice(first, 2, folded);
      this.#sizes.splice(first, 2, sizeOf(folded));
    }
  }

  #firstToDrop(): number {
    let size = 0;
    const first = this.#sizes.findIndex((it) => {
      size += it;
      return size > limit / 4;
    });
    return Math.max(1, first);
  }
}

export const unpackRecording = (packed: string): Recording =>
  JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()) as Recording;

const sizeOf = (look: RecordedLook): number => JSON.stringify(look).length;
const sum = (sizes: readonly number[]): number => sizes.reduce((all, it) => all + it, 0);

/** What the two show together, at the time of the later one. */
const fold = (one: RecordedLook, other: RecordedLook): RecordedLook => ({
  after: one.after + other.after,
  dropped: (one.dropped ?? 1) + (other.dropped ?? 1),
  seen: Object.fromEntries(
    [...new Set([...Object.keys(one.seen), ...Object.keys(other.seen)])].map((it) => {
      const [before, after] = [one.seen[it], other.seen[it]];
      return [it, { ...before, ...after, pods: { ...before?.pods, ...after?.pods } }];
    })
  ),
});
