import { byText, type Environment } from './environment.ts';
import { isVariableName } from './variable-name.ts';

export const setVariables = (environment: Environment, changes: Environment): Environment => ({
  ...environment,
  ...changes,
});

/** Names that are not set are left alone. */
export const unsetVariables = (environment: Environment, names: readonly string[]): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));

/** Convox shows `****` in place of a value; stored, it would wipe the variable it stands for. */
export const isMasked = (value: string): boolean => value.trim() === '****';

/** Names of variables that hold a mask instead of a value, sorted. */
export const maskedNames = (environment: Environment): readonly string[] =>
  namesWhere(environment, (_, value) => isMasked(value));

/** Names that no process could be given, sorted. */
export const invalidNames = (environment: Environment): readonly string[] =>
  namesWhere(environment, (name) => !isVariableName(name));

const namesWhere = (
  environment: Environment,
  test: (name: string, value: string) => boolean
): readonly string[] =>
  Object.entries(environment)
    .filter(([name, value]) => test(name, value))
    .map(([name]) => name)
    .toSorted(byText);
