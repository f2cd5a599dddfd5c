import { namespaceOf } from '../apps/app.ts';
import { requireApp } from '../apps/require-app.ts';
import { NotFoundError } from '../errors.ts';
import { isOurs } from '../kubernetes/is-ours.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ServiceDependencies } from './list-services.ts';

export interface ServiceKey {
  readonly app: string;
  readonly service: string;
}

export const findDeployment = async (
  { rack, apps, cluster }: ServiceDependencies,
  { app, service }: ServiceKey
): Promise<KubernetesObject> => {
  await requireApp(apps, app);
  const deployment = await cluster.get('Deployment', namespaceOf(rack, app), service);
  if (deployment && isOurs(deployment, { rack, app })) return deployment;
  throw new NotFoundError(`service not found: ${service}`, {
    hint: 'a service is there once a release with it has been promoted',
  });
};
