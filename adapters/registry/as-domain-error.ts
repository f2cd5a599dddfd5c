import { ConflictError, type DomainError, UnavailableError } from '#core/errors.ts';
import { hintFor, type RegistryTrouble } from '#core/registries/probe.ts';
import type { RegistryFailure } from './registry-failure.ts';

/** What trying again may help against. */
const passing: ReadonlySet<RegistryTrouble> = new Set<RegistryTrouble>([
  'dns',
  'unreachable',
  'timeout',
  'rate-limited',
  'failed',
]);

/** A registry's trouble as an error of the domain. `doing` is what was tried: `read web`. */
export const asDomainError = (cause: RegistryFailure, doing: string): DomainError => {
  const options = { hint: hintFor(cause.trouble), cause };
  const message = `the registry did not ${doing}: ${cause.message}`;
  return passing.has(cause.trouble)
    ? new UnavailableError(message, options)
    : new ConflictError(message, options);
};
