import { InvalidRequestError } from '../errors.ts';
import { managers } from '../rendering/labels.ts';
import { applyToDeployment } from './apply-to-deployment.ts';
import { findDeployment, type ServiceKey } from './find-deployment.ts';
import type { ServiceDependencies } from './list-services.ts';

export interface ScaleServiceRequest extends ServiceKey {
  readonly count?: number | undefined;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}

/** Sets the number of processes, also while a promotion runs: `replicas` has an owner of its own. */
export const scaleService =
  (dependencies: ServiceDependencies) =>
  async ({ app, service, count, cpu, memory }: ScaleServiceRequest): Promise<'ok'> => {
    if (cpu !== undefined || memory !== undefined) {
      throw new InvalidRequestError('cpu and memory are set in convox.yml', {
        hint: `change services.${service}.scale in the manifest and deploy it`,
      });
    }
    if (count === undefined) {
      throw new InvalidRequestError('nothing to scale: count is missing', {
        hint: 'name the number of processes',
      });
    }
    await applyToDeployment(
      dependencies.cluster,
      () => findDeployment(dependencies, { app, service }),
      { fieldManager: managers.scale, spec: { replicas: count } }
    );
    return 'ok';
  };
