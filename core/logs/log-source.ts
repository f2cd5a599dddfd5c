import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ContainerStatus, Pod } from '../processes/pod.ts';

/** A container with a log. */
export interface LogSource {
  /** Names it in a cursor: short, and different for a pod of the same name that comes later. */
  readonly key: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly service: string;
  readonly restarts: number;
  readonly isRunning: boolean;
}

/** The containers of a pod that have started at least once. */
export const logSources = (object: KubernetesObject): readonly LogSource[] => {
  const { metadata, status = {} } = object as Pod;
  const { name, namespace = '', uid = '', labels = {} } = metadata;
  const { service = '' } = labels;
  return (status.containerStatuses ?? []).filter(hasStarted).map((container, index) => ({
    key: uid.replaceAll('-', '').slice(0, 10) + (index === 0 ? '' : `.${index}`),
    namespace,
    pod: name,
    container: container.name,
    service,
    restarts: container.restartCount ?? 0,
    isRunning: container.state?.running !== undefined,
  }));
};

const hasStarted = ({ state = {}, restartCount = 0 }: ContainerStatus): boolean =>
  state.running !== undefined || state.terminated !== undefined || restartCount > 0;
