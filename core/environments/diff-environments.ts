import { byText, type Environment } from './environment.ts';

/**
 * Convox's description of a change: `add:A add:B change:C remove:D`, groups in that order, names sorted; empty for none.
 * Names only, never a value.
 */
export const diffEnvironments = (before: Environment, after: Environment): string => {
  const kept = Object.keys(after).filter((name) => Object.hasOwn(before, name));
  return [
    ...tokens(
      'add',
      Object.keys(after).filter((name) => !Object.hasOwn(before, name))
    ),
    ...tokens(
      'change',
      kept.filter((name) => before[name] !== after[name])
    ),
    ...tokens(
      'remove',
      Object.keys(before).filter((name) => !Object.hasOwn(after, name))
    ),
  ].join(' ');
};

const tokens = (verb: string, names: readonly string[]): readonly string[] =>
  [...names].toSorted(byText).map((name) => `${verb}:${name}`);
