import { type Deployment, type ReplicaSet, read, stored } from '../../wire.ts';
import type { Tools } from '../controller.ts';
import { replicasOf } from './replica-sets.ts';

/** Sets a ReplicaSet's size and says so in an event of the Deployment. Whether that changed it. */
export const scaleTo = (
  deployment: Deployment,
  target: { readonly set: ReplicaSet; readonly replicas: number },
  { store, events }: Tools
): boolean => {
  const { set, replicas } = target;
  const before = replicasOf(set);
  if (before === replicas) {
    return false;
  }
  const { namespace, name = '' } = set.metadata ?? {};
  store.modify('replicasets', { namespace, name }, (object) =>
    stored({
      ...read<ReplicaSet>(object),
      spec: { ...set.spec, replicas },
    } as ReplicaSet)
  );
  events.record(stored(deployment), {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${replicas > before ? 'up' : 'down'} replica set ${name} from ${before} to ${replicas}`,
  });
  return true;
};
