import type { Service, Variable } from '../manifest.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';
import { readSource } from './read-build.ts';
import { readDeployment } from './read-deployment.ts';
import { type Pairs, readAnnotations, readLabels } from './read-labels.ts';
import { readPort } from './read-port.ts';
import { readHealth, readLiveness, readStartupProbe } from './read-probes.ts';
import { readScale } from './read-scale.ts';
import { readSecurity } from './read-security-context.ts';
import { readVariables } from './read-variables.ts';

const GRACE = 30;

/** What the top level of a manifest gives to each service. */
export interface Inherited {
  readonly environment: readonly Variable[];
  readonly labels: Pairs;
}

export const readService = (service: MapReader, name: string, inherited: Inherited): Service => {
  const singleton = service.flag('singleton') ?? false;
  const liveness = readLiveness(service);
  return {
    name,
    source: readSource(service),
    command: service.text('command') || undefined,
    port: readPort(service),
    health: readHealth(service),
    liveness,
    startupProbe: readStartupProbe(service, liveness),
    environment: [...inherited.environment, ...readVariables(service)],
    scale: readScale(service),
    deployment: readDeployment(service, { name, singleton }),
    singleton,
    internal: service.flag('internal') ?? false,
    termination: {
      grace: service.map('termination', levels.termination)?.whole('grace') ?? GRACE,
    },
    drain: service.whole('drain') || GRACE,
    labels: Object.fromEntries([...inherited.labels, ...readLabels(service)]),
    annotations: Object.fromEntries(readAnnotations(service)),
    ...readSecurity(service),
  };
};
