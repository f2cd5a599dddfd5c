import type { Service } from '../manifests/manifest.ts';

/** A gRPC service has no HTTP check, as in Convox. */
export const hasReadiness = ({ port, health }: Service): boolean =>
  port !== undefined && !health.disabled && port.scheme !== 'grpc';

/** The container's probes by Kubernetes' names; Convox's defaults of `failureThreshold` 3. */
export const probes = (service: Service): object => ({
  ...(hasReadiness(service) && { readinessProbe: readiness(service) }),
  ...(service.port && service.liveness && { livenessProbe: liveness(service) }),
  ...(service.port && service.startupProbe && { startupProbe: startup(service) }),
});

const httpGet = (path: string, port: number, scheme: string | undefined) => ({
  httpGet: { path, port, scheme: scheme === 'https' ? 'HTTPS' : 'HTTP' },
});

const readiness = ({ health, port }: Service): object => ({
  ...httpGet(
    health.path,
    health.port?.port ?? port?.port ?? 0,
    health.port?.scheme ?? port?.scheme
  ),
  initialDelaySeconds: health.grace,
  periodSeconds: health.interval,
  timeoutSeconds: health.timeout,
  successThreshold: 1,
  failureThreshold: 3,
});

const liveness = ({ liveness, port }: Service): object => ({
  ...httpGet(liveness?.path ?? '/', liveness?.port ?? port?.port ?? 0, port?.scheme),
  ...timing(liveness),
});

const startup = ({ startupProbe, port }: Service): object => ({
  ...(startupProbe?.kind === 'tcp'
    ? { tcpSocket: { port: startupProbe.port } }
    : httpGet(startupProbe?.path ?? '/', port?.port ?? 0, port?.scheme)),
  ...timing(startupProbe),
});

const timing = (probe: Service['liveness'] | Service['startupProbe']): object => ({
  initialDelaySeconds: probe?.grace,
  periodSeconds: probe?.interval,
  timeoutSeconds: probe?.timeout,
  successThreshold: probe?.successThreshold,
  failureThreshold: probe?.failureThreshold,
});
