import { namespaceOf } from '../apps/app.ts';
import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { byText } from '../environments/environment.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { type Process, processOf } from './process.ts';
import { processSelector } from './process-selector.ts';

export interface ProcessDependencies {
  readonly rack: string;
  readonly apps: Pick<Apps, 'find'>;
  readonly cluster: Cluster;
}

export interface ListProcessesRequest {
  readonly app: string;
  readonly release?: string | undefined;
  readonly service?: string | undefined;
}

/** By service and name, so that two answers can be compared. */
export const listProcesses =
  ({ rack, apps, cluster }: ProcessDependencies) =>
  async ({ app, release, service }: ListProcessesRequest): Promise<Process[]> => {
    await requireApp(apps, app);
    const selector = processSelector({ rack, app }, service);
    const { items } = await cluster.list('Pod', namespaceOf(rack, app), selector);
    return items
      .map(processOf)
      .filter((it) => !release || it.release === release)
      .toSorted((one, other) => byText(one.service, other.service) || byText(one.id, other.id));
  };
