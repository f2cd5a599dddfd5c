import type { Mount } from '../containers/host-paths.ts';
import type { NodeContext } from '../node-context.ts';
import type { Container, Pod } from '../wire-objects.ts';

/** What the containers of one pod work with. */
export interface PodContext {
  readonly node: NodeContext;
  /** The pod as it is stored now. */
  readonly pod: () => Pod;
  /** The pod's own folder. */
  readonly folder: string;
  /** Aborts when the pod has to stop. */
  readonly stopping: AbortSignal;
  /** Host ports of the container's declared ports, in their order. */
  readonly portsOf: (container: Container) => ReadonlyMap<number, number>;
  readonly mountsOf: (container: Container) => readonly Mount[];
  /** A container's status is another one. */
  readonly changed: () => void;
}

/** Which list of the pod's spec a container is in, as an event's `fieldPath` names it. */
export type ContainerList = 'initContainers' | 'containers';
