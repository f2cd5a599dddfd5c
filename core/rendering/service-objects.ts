import type { Environment } from '../environments/environment.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Port, Service } from '../manifests/manifest.ts';
import { type AppKey, annotations, appLabels, serviceLabels } from './labels.ts';
import type { RenderedService } from './rendered-release.ts';

interface Target extends AppKey {
  readonly namespace: string;
  readonly service: Service;
}

const meta = (target: Target, name: string) => ({
  name,
  namespace: target.namespace,
  labels: { ...target.service.labels, ...serviceLabels(target, target.service.name) },
});

/** Immutable and named by its content: old pods keep theirs, a rollback finds it again. */
export const secretObject = (
  target: Target,
  name: string,
  values: Environment
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    ...meta(target, name),
    labels: { ...appLabels(target), service: target.service.name, type: 'environment' },
  },
  type: 'Opaque',
  immutable: true,
  stringData: values,
});

export const serviceObject = (target: Target, { port }: Port): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...meta(target, target.service.name),
    annotations: { [annotations.internal]: String(target.service.internal) },
  },
  spec: {
    type: 'ClusterIP',
    selector: serviceLabels(target, target.service.name),
    ports: [{ name: 'main', port, targetPort: port, protocol: 'TCP' }],
  },
});

/**
 * The old processes stay until the new ones have run for the stable time. Where a readiness check
 * speaks for a process, the default of a second is left out: the controller would make it two.
 */
const minReadySeconds = ({ policy, hasReadiness }: RenderedService): number =>
  hasReadiness && policy.stable <= 1 ? 0 : policy.stable;

/** Without `replicas`: those belong to another field manager. */
export const deploymentObject = (
  target: Target,
  template: unknown,
  rendered: RenderedService
): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(target, target.service.name),
  spec: {
    selector: { matchLabels: serviceLabels(target, target.service.name) },
    minReadySeconds: minReadySeconds(rendered),
    revisionHistoryLimit: 2,
    progressDeadlineSeconds: Math.max(rendered.policy.progressDeadline, rendered.policy.stable + 1),
    strategy: {
      type: 'RollingUpdate',
      rollingUpdate: {
        maxUnavailable: `${100 - target.service.deployment.minimum}%`,
        maxSurge: `${target.service.deployment.maximum - 100}%`,
      },
    },
    template,
  },
});
