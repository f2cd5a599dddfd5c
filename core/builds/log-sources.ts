import type { KubernetesObject } from '../kubernetes/object.ts';
import type { LogSource } from '../logs/log-source.ts';
import type { ContainerStatus, Pod } from '../processes/pod.ts';

interface BuildPod extends Pod {
  readonly status?: Pod['status'] & { readonly initContainerStatuses?: readonly ContainerStatus[] };
}

/** The logs of a build's pod: of the container that fetches the source, and of the builder. */
export const buildLogSources = (object: KubernetesObject): readonly LogSource[] => {
  const { metadata, status = {} } = object as BuildPod;
  const { name, namespace = '', labels = {} } = metadata;
  const { service = '' } = labels;
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    .filter(({ state = {} }) => state.running !== undefined || state.terminated !== undefined)
    .map((container) => ({
      key: `${name}/${container.name}`,
      namespace,
      pod: name,
      container: container.name,
      service,
      restarts: 0,
      isRunning: container.state?.running !== undefined,
    }));
};
