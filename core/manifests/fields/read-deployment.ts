import type { Deployment } from '../manifest.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';

const MAX_STABLE = 3600;

/** Full capacity by default (100 / 200), where Convox goes down to 50 %. A singleton is stopped before the next one starts. */
export const readDeployment = (
  service: MapReader,
  { name, singleton }: { readonly name: string; readonly singleton: boolean }
): Deployment => {
  const given = service.map('deployment', levels.deployment);
  const maximum = given?.whole('maximum', {}) ?? (singleton ? 100 : 200);
  const minimum = given?.whole('minimum', {}) ?? defaultMinimum(singleton, maximum);
  checkPercents(service, name, { minimum, maximum });
  return {
    minimum,
    maximum,
    progressDeadline: given && readProgressDeadline(given),
    crashRestartLimit: given?.whole('crashRestartLimit', { min: -1 }),
    stable: given?.whole('stable', { min: 0, max: MAX_STABLE }),
  };
};

/** With no room for a further process, one of the old ones has to go first. */
const defaultMinimum = (singleton: boolean, maximum: number): number => {
  if (singleton) return 0;
  return maximum === 100 ? 50 : 100;
};

const checkPercents = (
  service: MapReader,
  name: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number }
): void => {
  const invalid = (what: string) =>
    service.invalid('deployment', `service ${name} deployment ${what}`);
  if (minimum < 0) invalid('minimum can not be less than 0');
  if (minimum > 100) invalid('minimum can not be greater than 100');
  if (maximum < 100) invalid('maximum can not be less than 100');
  if (maximum > 200) invalid('maximum can not be greater than 200');
  // Kubernetes refuses an update that may neither stop nor start a process.
  if (minimum === 100 && maximum === 100) invalid('minimum and maximum can not both be 100');
};

/** Convox's own bounds (3.25.5). */
const readProgressDeadline = (deployment: MapReader): number | undefined => {
  const seconds = deployment.whole('progressDeadline');
  if (!seconds || (seconds >= 30 && seconds <= 21600)) return seconds;
  const label = deployment.label('progressDeadline');
  return deployment.invalid('progressDeadline', `${label} must be 0, or between 30 and 21600`);
};
