import { type Clock, timestamp } from '../clock.ts';
import { applyToDeployment } from './apply-to-deployment.ts';
import { findDeployment, type ServiceKey } from './find-deployment.ts';
import type { ServiceDependencies } from './list-services.ts';

/** As `kubectl rollout restart` marks it. The release stays; its processes are replaced in turn. */
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

export const restartService =
  (dependencies: ServiceDependencies & { readonly clock: Clock }) =>
  async (key: ServiceKey): Promise<'ok'> => {
    const annotations = { [restartedAt]: timestamp(dependencies.clock) };
    await applyToDeployment(dependencies.cluster, () => findDeployment(dependencies, key), {
      fieldManager: 'rackless-restart',
      spec: { template: { metadata: { annotations } } },
    });
    return 'ok';
  };
