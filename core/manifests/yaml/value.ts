import type { Position } from '../problem.ts';

/** YAML without aliases, merge keys and interpolation: what the field readers work on. */
export type Value = ScalarValue | ListValue | MapValue;

export interface ScalarValue {
  readonly kind: 'scalar';
  readonly type: 'string' | 'int' | 'float' | 'bool' | 'null';
  /** As written, so that `1.10` or `yes` in a text field stays what the user typed. */
  readonly text: string;
  readonly value: unknown;
  readonly at: Position;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly at: Position;
}

export interface MapEntry {
  readonly at: Position;
  readonly value: Value;
}

export interface MapValue {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly at: Position;
}

/** The type in words of YAML. Convox prints Go's (`[]interface {}`), which says little to a user. */
export const typeName = (value: Value): string =>
  value.kind === 'scalar' ? value.type : value.kind;

export const isNull = (value: Value | undefined): boolean =>
  value?.kind === 'scalar' && value.type === 'null';

/** A whole number, also one in quotes: `"${COUNT}"` must work as `${COUNT}` does. */
export const wholeNumber = (value: Value): number | undefined => {
  if (value.kind !== 'scalar') return undefined;
  if (value.type === 'int') return Number(value.value);
  return value.type === 'string' && /^-?\d{1,15}$/.test(value.text)
    ? Number(value.text)
    : undefined;
};
