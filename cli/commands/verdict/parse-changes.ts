import { nearestKey } from '#core/manifests/fields/nearest-key.ts';
import type { PolicyChange } from '#core/rendering/verdict-settings.ts';
import { UsageError } from '../../errors.ts';

/** The least that each key takes, as in the manifest. */
const least: Readonly<Record<keyof PolicyChange, number>> = {
  stable: 0,
  progressDeadline: 0,
  crashRestartLimit: -1,
  readyWithin: 1,
};

const isKey = (key: string): key is keyof PolicyChange => key in least;

/** What `--set KEY=VALUE` asks for. @throws UsageError for an unknown key or a value that is none. */
export const parseChanges = (given: readonly string[]): PolicyChange =>
  Object.fromEntries(given.map(parseChange));

const parseChange = (text: string): readonly [keyof PolicyChange, number] => {
  const [key = '', value = ''] = text.split(/=(.*)/s);
  if (!text.includes('=')) {
    throw new UsageError(`--set needs KEY=VALUE: ${text}`, { hint: 'as in --set stable=5' });
  }
  if (!isKey(key)) throw unknownKey(key);
  if (!/^-?\d{1,6}$/.test(value) || Number(value) < least[key]) {
    throw new UsageError(`${key} must be a whole number from ${least[key]} on: ${value}`);
  }
  return [key, Number(value)];
};

const unknownKey = (key: string): UsageError => {
  const known = Object.keys(least);
  const nearest = nearestKey(key, known);
  return new UsageError(
    `unknown policy key: ${key}${nearest ? `, did you mean ${nearest}?` : ''}`,
    { hint: `known are ${known.join(', ')}` }
  );
};
