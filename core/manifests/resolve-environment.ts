import { byText, type Environment } from '../environments/environment.ts';
import type { Service } from './manifest.ts';

export interface ResolvedEnvironment {
  readonly values: Environment;
  /** Required variables that the release does not set, sorted. */
  readonly missing: readonly string[];
}

type Declaring = Pick<Service, 'environment'>;

/**
 * The environment of one service: its declared defaults, then the complete environment of the release, undeclared variables
 * included. That is what Convox does, whatever its documentation says.
 */
export const resolveEnvironment = (
  service: Declaring,
  release: Environment
): ResolvedEnvironment => ({
  values: Object.fromEntries([...defaultsOf(service), ...Object.entries(release)]),
  missing: missingVariables(service, release),
});

/** A variable that is required anywhere stays required, also where a later entry has a default. */
export const missingVariables = (
  { environment }: Declaring,
  release: Environment
): readonly string[] => {
  const required = environment.filter((it) => it.default === undefined).map((it) => it.name);
  return [...new Set(required)].filter((name) => !Object.hasOwn(release, name)).toSorted(byText);
};

const defaultsOf = ({ environment }: Declaring): readonly [string, string][] =>
  environment.flatMap((it): [string, string][] =>
    it.default === undefined ? [] : [[it.name, it.default]]
  );
