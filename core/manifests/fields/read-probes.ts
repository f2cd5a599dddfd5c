import type { Health, Liveness, ProbeTiming, StartupProbe } from '../manifest.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';
import { readPort } from './read-port.ts';

const INTERVAL = 5;
const LIVENESS: ProbeTiming = {
  grace: 10,
  interval: 5,
  timeout: 5,
  successThreshold: 1,
  failureThreshold: 3,
};
/** Convox leaves missing numbers to Kubernetes when there is no liveness probe to take them from. */
const STARTUP: ProbeTiming = {
  grace: 0,
  interval: 10,
  timeout: 1,
  successThreshold: 1,
  failureThreshold: 3,
};

/** `health: /path` or a map. */
export const readHealth = (service: MapReader): Health => {
  const value = service.get('health');
  if (value?.kind === 'map') return readHealthMap(service.reader('health', value, levels.health));
  if (value?.kind === 'scalar' && value.type === 'string') return healthOf({ path: value.text });
  if (value) service.wrongType('health', value);
  return healthOf({});
};

const readHealthMap = (health: MapReader): Health =>
  healthOf({
    disabled: health.flag('disable') ?? false,
    path: health.text('path'),
    port: readPort(health),
    interval: health.whole('interval'),
    timeout: health.whole('timeout'),
    grace: health.whole('grace'),
  });

/** As in Convox, 0 means the default. */
const healthOf = (given: { readonly [K in keyof Health]?: Health[K] | undefined }): Health => {
  const interval = given.interval || INTERVAL;
  return {
    disabled: given.disabled ?? false,
    path: absolute(given.path || '/'),
    port: given.port,
    interval,
    timeout: given.timeout || Math.max(1, interval - 1),
    grace: given.grace || interval,
  };
};

export const readLiveness = (service: MapReader): Liveness | undefined => {
  const liveness = service.map('liveness', levels.liveness);
  if (!liveness) return undefined;
  const path = liveness.text('path')?.trim();
  if (!path) return service.invalid('liveness', `${service.label('liveness')}.path is required`);
  const port = liveness.whole('port', { min: 1, max: 65535 });
  return { path: absolute(path), port, ...readTiming(liveness, LIVENESS) };
};

/** Numbers it does not give are those of the liveness probe. */
export const readStartupProbe = (
  service: MapReader,
  liveness: Liveness | undefined
): StartupProbe | undefined => {
  const probe = service.map('startupProbe', levels.startupProbe);
  if (!probe) return undefined;
  const timing = readTiming(probe, liveness ?? STARTUP);
  const port = probe.whole('tcpSocketPort', { min: 1, max: 65535 });
  const path = probe.text('path')?.trim();
  if (path) return { kind: 'http', path: absolute(path), ...timing };
  if (port !== undefined) return { kind: 'tcp', port, ...timing };
  const label = service.label('startupProbe');
  return service.invalid('startupProbe', `${label}.path or tcpSocketPort is required`);
};

const readTiming = (probe: MapReader, defaults: ProbeTiming): ProbeTiming => ({
  grace: probe.whole('grace') ?? defaults.grace,
  interval: probe.whole('interval') || defaults.interval,
  timeout: probe.whole('timeout') || defaults.timeout,
  // Kubernetes takes no other number for these two probes.
  successThreshold:
    probe.whole('successThreshold', { min: 0, max: 1 }) || defaults.successThreshold,
  failureThreshold: probe.whole('failureThreshold') || defaults.failureThreshold,
});

const absolute = (path: string): string => (path.startsWith('/') ? path : `/${path}`);
