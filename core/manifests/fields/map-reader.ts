import type { Policy } from '../policy.ts';
import type { Position, Problem } from '../problem.ts';
import type { Problems } from '../problems.ts';
import { isNull, type MapValue, typeName, type Value, wholeNumber } from '../yaml/value.ts';
import { type Level, levels } from './levels.ts';
import { nearestKey } from './nearest-key.ts';

/** What all readers of one manifest share. */
export interface Reading {
  readonly problems: Problems;
  readonly policy: Policy;
  readonly unknown: 'refuse' | 'warn';
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

interface Place {
  readonly level: Level;
  readonly path: readonly string[];
  /** Top-level keys that only hold templates. */
  readonly ignored?: ReadonlySet<string>;
}

/**
 * Typed access to one map of the manifest. A key that is absent, null or of the wrong type reads as undefined; the last is
 * recorded as a problem, so that a reader carries on and finds the others.
 */
export class MapReader {
  readonly reading: Reading;
  readonly at: Position;
  readonly #map: MapValue;
  readonly #place: Place;

  constructor(map: MapValue, place: Place, reading: Reading) {
    this.#map = map;
    this.#place = place;
    this.at = map.at;
    this.reading = reading;
    this.#checkKeys();
  }

  get(key: string): Value | undefined {
    const value = this.#map.entries.get(key)?.value;
    return isNull(value) ? undefined : value;
  }

  /** Also numbers and truth values, as they were written: `command: yes` runs `yes`. */
  text(key: string): string | undefined {
    const value = this.get(key);
    if (!value || value.kind === 'scalar') return value?.text;
    return this.wrongType(key, value);
  }

  flag(key: string): boolean | undefined {
    const value = this.get(key);
    if (!value) return undefined;
    const flag = value.kind === 'scalar' ? value.value : undefined;
    return typeof flag === 'boolean' ? flag : this.wrongType(key, value);
  }

  whole(key: string, range: Range = { min: 0 }): number | undefined {
    const value = this.get(key);
    if (!value) return undefined;
    const number = wholeNumber(value);
    return number === undefined ? this.wrongType(key, value) : this.#inRange(key, number, range);
  }

  map(key: string, level: Level): MapReader | undefined {
    const value = this.get(key);
    if (!value) return undefined;
    return value.kind === 'map' ? this.reader(key, value, level) : this.wrongType(key, value);
  }

  reader(key: string, map: MapValue, level: Level): MapReader {
    return new MapReader(map, { level, path: [...this.#place.path, key] }, this.reading);
  }

  /** Where a key's value stands; for an absent one, where the map does. */
  position(key: string): Position {
    return this.get(key)?.at ?? this.at;
  }

  /** Convox's words for a value of the wrong type. */
  wrongType(key: string, value: Value): undefined {
    const { level } = this.#place;
    const noun = level === levels.root ? key : `${level.noun} ${key}`;
    return this.refuse(key, `unknown type for ${noun}: ${typeName(value)}`, value.at);
  }

  /** Something that can not be understood. */
  refuse(key: string, message: string, at = this.position(key)): undefined {
    this.reading.problems.refuse(this.#problem(key, message, at));
  }

  /** Something that is understood but makes no sense. */
  invalid(key: string, message: string, at = this.position(key)): undefined {
    this.reading.problems.invalid(this.#problem(key, message, at));
  }

  warn(key: string, message: string): void {
    this.reading.problems.warn(this.#problem(key, message, this.position(key)));
  }

  /** More than the app's policy gives. */
  forbid(key: string, what = this.field(key), at = this.position(key)): void {
    const message = `${this.#owner()}${what} is not allowed by the app's policy ${this.reading.policy}`;
    const hint = 'leave it out, or have an admin give the app a wider policy';
    this.reading.problems.refuse({ ...this.#problem(key, message, at), hint });
  }

  /** `service web: scale.cpu`, as Convox names a field in a message; without a key the map itself. */
  label(key?: string): string {
    return `${this.#owner()}${this.field(key)}`;
  }

  /** The same without the service. */
  field(key?: string): string {
    const own = this.#owner() ? this.#place.path.slice(2) : this.#place.path;
    return [...own, ...(key === undefined ? [] : [key])].join('.');
  }

  #inRange(key: string, number: number, { min, max }: Range): number | undefined {
    if (min !== undefined && number < min)
      return this.invalid(key, `${this.label(key)} must be >= ${min}`);
    if (max !== undefined && number > max)
      return this.invalid(key, `${this.label(key)} must be <= ${max}`);
    return number;
  }

  #checkKeys(): void {
    const { level, ignored } = this.#place;
    for (const [key, { at }] of this.#map.entries) {
      if (level.keys.includes(key) || ignored?.has(key)) continue;
      if (level.notYet.includes(key))
        this.refuse(key, `${this.#dotted(key)} is not supported yet`, at);
      else this.#unknown(key, at);
    }
  }

  #unknown(key: string, at: Position): void {
    const { level, path } = this.#place;
    const nearest = nearestKey(key, [...level.keys, ...level.notYet]);
    const where = path.length > 0 ? ` in ${path.join('.')}` : '';
    const meant = nearest ? `, did you mean ${nearest}?` : '';
    const problem = this.#problem(key, `unknown key ${key}${where}${meant}`, at);
    const { problems, unknown } = this.reading;
    if (unknown === 'warn') problems.warn(problem);
    else problems.refuse(problem);
  }

  #problem(key: string, message: string, at: Position): Problem {
    return { message, ...at, path: this.#dotted(key) };
  }

  #dotted(key: string): string {
    return [...this.#place.path, key].join('.');
  }

  #owner(): string {
    const [root, name] = this.#place.path;
    return root === 'services' && name !== undefined ? `service ${name}: ` : '';
  }
}
