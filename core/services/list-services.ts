import { namespaceOf } from '../apps/app.ts';
import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { byText } from '../environments/environment.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { appSelector } from '../rendering/labels.ts';
import { type Service, serviceOf } from './service.ts';

export interface ServiceDependencies {
  readonly rack: string;
  /** What the hosts of services end in: `APP-SERVICE.DOMAIN`. Empty when nothing leads in. */
  readonly domain: string;
  readonly apps: Pick<Apps, 'find'>;
  readonly cluster: Cluster;
}

export const listServices =
  ({ rack, domain, apps, cluster }: ServiceDependencies) =>
  async ({ app }: { readonly app: string }): Promise<Service[]> => {
    await requireApp(apps, app);
    const namespace = namespaceOf(rack, app);
    const selector = `${appSelector({ rack, app })},type=service`;
    const [deployments, services] = await Promise.all([
      cluster.list('Deployment', namespace, selector),
      cluster.list('Service', namespace, selector),
    ]);
    return deployments.items
      .map((deployment) => {
        const { name } = deployment.metadata;
        const network = services.items.find((it) => it.metadata.name === name);
        return serviceOf(deployment, network, { app, domain });
      })
      .toSorted((one, other) => byText(one.name, other.name));
  };
