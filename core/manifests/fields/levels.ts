/** The keys that one map of a manifest may have. */
export interface Level {
  /** How messages call it: `unknown type for NOUN: list`. */
  readonly noun: string;
  readonly keys: readonly string[];
  /** Keys of convox.yml that nothing here acts on: refused, because leaving them out in silence breaks an app. */
  readonly notYet: readonly string[];
}

const level = (noun: string, keys: readonly string[], notYet: readonly string[] = []): Level => ({
  noun,
  keys,
  notYet,
});

export const levels = {
  root: level(
    'manifest',
    ['environment', 'labels', 'manifest', 'services'],
    ['appSettings', 'balancers', 'budget', 'configs', 'params', 'resources', 'timers']
  ),
  options: level('manifest', ['unknown']),
  service: level(
    'service',
    [
      ...[
        'annotations',
        'build',
        'command',
        'deployment',
        'drain',
        'environment',
        'health',
        'image',
      ],
      ...['internal', 'labels', 'liveness', 'port', 'privileged', 'scale', 'securityContext'],
      ...['singleton', 'startupProbe', 'termination'],
    ],
    [
      ...['accessControl', 'agent', 'certificate', 'configMounts', 'disableHostUsers', 'dnsConfig'],
      ...['domain', 'grpcHealthEnabled', 'hostIPC', 'hostNetwork', 'hostPID', 'hostUsers'],
      ...['imagePullSecrets', 'ingressAnnotations', 'init', 'initContainer', 'internalRouter'],
      ...['lifecycle', 'nodeAffinityLabels', 'nodeSelectorLabels', 'ports', 'resources', 'sticky'],
      ...['test', 'timeout', 'tls', 'volumeOptions', 'volumes', 'whitelist'],
    ]
  ),
  build: level('service build', ['args', 'manifest', 'path']),
  port: level('service port', ['port', 'scheme']),
  health: level('service health', ['disable', 'grace', 'interval', 'path', 'port', 'timeout']),
  liveness: level('service liveness', [
    ...['failureThreshold', 'grace', 'interval', 'path', 'port', 'successThreshold', 'timeout'],
  ]),
  startupProbe: level('service startupProbe', [
    ...['failureThreshold', 'grace', 'interval', 'path', 'successThreshold', 'tcpSocketPort'],
    'timeout',
  ]),
  scale: level(
    'service scale',
    ['count', 'cpu', 'limit', 'max', 'memory', 'min'],
    ['autoscale', 'gpu', 'keda', 'targets', 'vpa']
  ),
  count: level('service scale count', ['max', 'min']),
  limit: level('service scale limit', ['cpu', 'memory']),
  deployment: level('service deployment', [
    ...['crashRestartLimit', 'maximum', 'minimum', 'progressDeadline', 'stable'],
  ]),
  termination: level('service termination', ['grace']),
  securityContext: level('service securityContext', [
    ...['allowPrivilegeEscalation', 'capabilities', 'privileged', 'readOnlyRootFilesystem'],
    ...['runAsGroup', 'runAsNonRoot', 'runAsUser', 'seccompProfile'],
  ]),
  capabilities: level('service securityContext capabilities', ['add', 'drop']),
} as const satisfies Record<string, Level>;
