import { isScalar, type ScalarTag, type Schema } from 'yaml';
import type { ScalarValue } from './value.ts';

type Tag = Schema['tags'][number];

const TAG = 'tag:yaml.org,2002:';
/**
 * Parts of YAML 1.1 that Convox's parser leaves out, and that would misread a manifest: `10:30` is no number of seconds and
 * a date is text. Merge keys are applied by the converter.
 */
const LEFT_OUT = new Set(
  ['merge', 'timestamp', 'binary', 'omap', 'pairs', 'set'].map((it) => TAG + it)
);

export const isUsedTag = (tag: Tag | string): boolean =>
  typeof tag !== 'string' && !LEFT_OUT.has(tag.tag) && (tag as ScalarTag).format !== 'TIME';

export const scalarType = (value: unknown): ScalarValue['type'] => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'boolean') return 'bool';
  return value === null || value === undefined ? 'null' : 'string';
};

/** The parser takes `.` for a float and so reads `build: .` as NaN. */
export const withoutFalseNan = (value: unknown, text: string): unknown =>
  Number.isNaN(value) && !/nan/i.test(text) ? text : value;

/** What an unquoted scalar with this text means: a number, a truth value, nothing, or text. */
export const resolvePlain = (schema: Schema, text: string): unknown => {
  const tag = schema.tags.find(
    (it): it is ScalarTag => isPlainTag(it) && it.test?.test(text) === true
  );
  if (!tag) return text;
  const resolved = tag.resolve(text, () => undefined, { intAsBigInt: false });
  return withoutFalseNan(isScalar(resolved) ? resolved.value : resolved, text);
};

const isPlainTag = (tag: Tag): tag is ScalarTag => !tag.collection && tag.default === true;
