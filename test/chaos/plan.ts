import { Draw } from './draw.ts';

export type ReleaseKind = 'good' | 'crash-loop' | 'missing-image';

/** Where a fault strikes: at the nth call of any function of the promotion to the outside. */
interface AtCall {
  readonly call: number;
}

export type Fault =
  /** The function dies; Step Functions calls the task again. */
  | ({ readonly kind: 'kill'; readonly when: 'before' | 'after' } & AtCall)
  /** The execution is gone with it: only the sweep finds out. */
  | ({ readonly kind: 'lose'; readonly when: 'before' | 'after' } & AtCall)
  /** The function stops in mid-call, is given up, and goes on so many milliseconds later. */
  | ({ readonly kind: 'freeze'; readonly sleeps: number; readonly loses: boolean } & AtCall)
  /** The function dies on entering a state, or its answer is lost on leaving. */
  | { readonly kind: 'boundary'; readonly visit: number; readonly when: 'before' | 'after' }
  /** A task runs twice at once; the machine takes the answer of the one that ends first. */
  | { readonly kind: 'twice'; readonly visit: number }
  /** AWS answers badly, so many times from the nth request on. */
  | {
      readonly kind: 'aws';
      readonly request: number;
      readonly how: 'throttle' | 'lost-answer' | 'conflict' | 'outage';
      readonly times: number;
    }
  /** The API server, from the nth call on, for so many milliseconds. */
  | ({ readonly kind: 'api'; readonly how: ApiFault; readonly lasts: number } & AtCall)
  | ({ readonly kind: 'cancel' } & AtCall);

export type ApiFault =
  | 'away'
  /** Takes requests and never answers, as a network that swallows packets. */
  | 'silent'
  | 'errors'
  | 'slow'
  | 'conflicts'
  | 'dropped-watches'
  | 'expired';

export interface ChaosPlan {
  readonly seed: number;
  readonly release: ReleaseKind;
  /** Whether a release is active already. */
  readonly isUpdate: boolean;
  readonly faults: readonly Fault[];
}

const apiFaults: readonly ApiFault[] = [
  ...(['away', 'silent', 'errors', 'slow'] as const),
  ...(['conflicts', 'dropped-watches', 'expired'] as const),
];

/** About as many calls as a promotion makes; a fault beyond its last one does not strike. */
const calls = 90;

const draws: readonly ((draw: Draw) => Fault)[] = [
  (it) => ({ kind: 'kill', call: it.number(1, calls), when: it.one(['before', 'after']) }),
  (it) => ({ kind: 'kill', call: it.number(1, calls), when: it.one(['before', 'after']) }),
  (it) => ({ kind: 'lose', call: it.number(1, calls), when: it.one(['before', 'after']) }),
  (it) => ({
    kind: 'freeze',
    call: it.number(3, calls),
    sleeps: it.number(200, 6_000),
    loses: it.chance(0.5),
  }),
  (it) => ({ kind: 'boundary', visit: it.number(1, 12), when: it.one(['before', 'after']) }),
  (it) => ({ kind: 'twice', visit: it.number(1, 12) }),
  (it) => ({
    kind: 'aws',
    request: it.number(1, 80),
    how: it.one(['throttle', 'lost-answer', 'lost-answer', 'conflict', 'outage'] as const),
    times: it.number(1, 4),
  }),
  (it) => ({
    kind: 'api',
    call: it.number(1, calls),
    how: it.one(apiFaults),
    // Now and then for longer than a watch holds its function.
    lasts: it.chance(0.1) ? 26_000 : it.number(300, 4_000),
  }),
];

/** What happens in the run of a seed. */
export const planOf = (seed: number): ChaosPlan => {
  const draw = new Draw(seed);
  const release = draw.one(['good', 'good', 'crash-loop', 'crash-loop', 'missing-image'] as const);
  const isUpdate = draw.chance(0.7);
  const faults = Array.from({ length: draw.number(1, 4) }, () => draw.one(draws)(draw));
  const cancel = draw.chance(0.15)
    ? [{ kind: 'cancel' as const, call: draw.number(5, calls) }]
    : [];
  return { seed, release, isUpdate, faults: [...faults, ...cancel] };
};
