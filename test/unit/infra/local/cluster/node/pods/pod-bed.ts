import type { Container, ContainerStatus, Pod } from '#infra/local/cluster/node/wire-objects.ts';
import { fastClock } from '../fast-clock.ts';
import { type NodeBed, startNodeBed } from '../node-bed.ts';

/** A node on which time flies, with an image for shell scripts. */
export interface PodBed extends NodeBed {
  readonly image: string;
  /** A container `main` of that image. */
  shell(script: string, fields?: Partial<Container>): Container;
  /** Creates the pod `web` of one container. */
  create(container: Container, restartPolicy?: string): void;
}

export const startPodBed = async (): Promise<PodBed> => {
  const bed = await startNodeBed({ clock: fastClock(100) });
  const image = bed.push({ config: {}, layers: [[{ path: 'app/version', content: 'v1' }]] });
  return {
    ...bed,
    image,
    shell: (script, fields = {}) => ({
      name: 'main',
      image,
      command: ['sh', '-c', script],
      ...fields,
    }),
    create: (container, restartPolicy = 'Always') =>
      bed.createPod('web', { restartPolicy, containers: [container] }),
  };
};

/** The status of a pod's first container. */
export const mainOf = (pod: Pod | undefined): ContainerStatus | undefined =>
  pod?.status?.containerStatuses?.[0];

export const waitingReason = (pod: Pod | undefined): string | undefined =>
  mainOf(pod)?.state?.waiting?.reason;
