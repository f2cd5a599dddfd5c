import { namespaceOf } from '../apps/app.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ActiveCopy } from '../promotions/engine/active-copy.ts';
import { appSelector } from '../rendering/labels.ts';
import { judgeRestored } from '../verdicts/judge-restored.ts';
import type { ServiceObservation } from '../verdicts/observation.ts';
import { observeService } from '../verdicts/observe-service.ts';
import type { Rescue } from './restore-object.ts';

export interface ServiceHealth {
  readonly service: string;
  readonly desired: number;
  readonly ready: number;
  /** What it still waits for; empty when it is well. */
  readonly waiting: string;
  /** What is well and may surprise all the same; empty for nothing. */
  readonly note: string;
}

const every = 1_000;

/** How the services stand once all are well, or when the patience is over; milliseconds. */
export const awaitHealth = async (
  rescue: Rescue,
  copy: ActiveCopy,
  patience: number
): Promise<readonly ServiceHealth[]> => {
  const end = rescue.clock() + patience;
  for (;;) {
    const services = await lookAt(rescue, copy);
    if (services.every((it) => it.waiting === '') || rescue.clock() >= end) return services;
    await rescue.sleep(every);
  }
};

const lookAt = async ({ cluster, key }: Rescue, copy: ActiveCopy) => {
  const namespace = namespaceOf(key.rack, key.app);
  const lists = await Promise.all(
    ['Deployment', 'Pod'].map((kind) => cluster.list(kind, namespace, appSelector(key)))
  );
  const objects = lists.flatMap((it): readonly KubernetesObject[] => it.items);
  const observations = copy.rendered.services.map((it) => observeService(it, objects));
  const wanted = Object.fromEntries(
    observations.map((it) => [it.service, { ready: it.deployment?.desired ?? 1 }])
  );
  const waiting = judgeRestored(observations, wanted);
  return observations.map((it) => healthOf(it, waiting[it.service] ?? '', copy));
};

/** A count is not the release's: somebody may have wanted none. */
const healthOf = (
  { service, deployment, fresh }: ServiceObservation,
  waiting: string,
  { live }: ActiveCopy
): ServiceHealth => {
  const before = live.find((it) => it.key === `Deployment/${service}`)?.replicas ?? 0;
  const isOff = deployment?.desired === 0 && before > 0;
  return {
    service,
    desired: deployment?.desired ?? 0,
    ready: fresh.filter((it) => it.isReady).length,
    waiting: waiting && [waiting, ...fresh.flatMap(troubleOf)].join('; '),
    note: isOff ? `scaled to 0; it had ${before} when the release became active` : '',
  };
};

const troubleOf = ({ name, unschedulable, containers }: ServiceObservation['fresh'][number]) => [
  ...(unschedulable ? [`${name}: ${unschedulable}`] : []),
  ...containers.flatMap(({ waiting: why }) =>
    why && why.reason !== 'ContainerCreating'
      ? [`${name}: ${[why.reason, why.message].filter(Boolean).join(': ')}`]
      : []
  ),
];
