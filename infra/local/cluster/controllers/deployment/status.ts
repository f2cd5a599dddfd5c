import { isDeepStrictEqual } from 'node:util';
import { timestamp } from '../../timestamp.ts';
import { type Deployment, read, stored } from '../../wire.ts';
import { withCondition, withoutCondition } from '../conditions.ts';
import type { Tools } from '../controller.ts';
import { withoutZeros } from '../without-zeros.ts';
import { boundsOf } from './bounds.ts';
import { type ReplicaSets, replicasOf, sum } from './replica-sets.ts';

type Status = NonNullable<Deployment['status']>;
type DeploymentCondition = NonNullable<Status['conditions']>[number];

const countsOf = (deployment: Deployment, { current, all }: ReplicaSets): Status => {
  const availableReplicas = sum(all, ({ status }) => status?.availableReplicas);
  const { collisionCount } = deployment.status ?? {};
  return {
    ...(deployment.metadata?.generation === undefined
      ? {}
      : { observedGeneration: deployment.metadata.generation }),
    replicas: sum(all, ({ status }) => status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(all, ({ status }) => status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, replicasOf) - availableReplicas),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
};

const availableCondition = (deployment: Deployment, { availableReplicas = 0 }: Status) => {
  const { least } = boundsOf(deployment);
  return availableReplicas >= least
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
};

const isComplete = (deployment: Deployment, status: Status): boolean => {
  const { replicas } = boundsOf(deployment);
  return (
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas
  );
};

const oldPods = ({ replicas = 0, updatedReplicas = 0 }: Status): number =>
  replicas - updatedReplicas;

const isProgress = (before: Status, after: Status): boolean =>
  (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
  oldPods(after) < oldPods(before) ||
  (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
  (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0);

const find = (status: Status | undefined, type: string): DeploymentCondition | undefined =>
  status?.conditions?.find((each) => each.type === type);

/** Milliseconds until the progress deadline; undefined when none runs. */
const untilDeadline = (deployment: Deployment, now: Date): number | undefined => {
  const condition = find(deployment.status, 'Progressing');
  const seconds = deployment.spec?.progressDeadlineSeconds;
  const settled = ['NewReplicaSetAvailable', 'DeploymentPaused'];
  if (
    condition === undefined ||
    seconds === undefined ||
    settled.includes(condition.reason ?? '')
  ) {
    return undefined;
  }
  const since = Date.parse(condition.lastUpdateTime ?? now.toISOString());
  return since + seconds * 1000 - now.getTime();
};

const progressing = (status: string, reason: string, message: string) => ({
  type: 'Progressing',
  status,
  reason,
  message,
});

const isSettled = (deployment: Deployment, status: Status): boolean =>
  status.replicas === status.updatedReplicas &&
  find(deployment.status, 'Progressing')?.reason === 'NewReplicaSetAvailable';

interface Step {
  readonly deployment: Deployment;
  readonly sets: ReplicaSets;
  readonly status: Status;
  readonly now: Date;
}

/** How the rollout gets on; undefined when what was said before still holds. */
const progressCondition = ({ deployment, sets, status, now }: Step) => {
  const subject = `ReplicaSet "${sets.current?.metadata?.name ?? deployment.metadata?.name}"`;
  if (deployment.spec?.paused === true) {
    return progressing('Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  if (isSettled(deployment, status)) {
    return undefined;
  }
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return progressing('True', 'NewReplicaSetAvailable', message);
  }
  if (isProgress(deployment.status ?? {}, status)) {
    return progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
  }
  const left = untilDeadline(deployment, now);
  return left !== undefined && left <= 0
    ? progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`)
    : undefined;
};

const failureCondition = ({ current, old }: ReplicaSets) =>
  [current, ...old]
    .flatMap((set) => set?.status?.conditions ?? [])
    .find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');

/** As `withCondition`, but progress of the same kind moves the update time. */
const withProgress = (
  conditions: DeploymentCondition[],
  wanted: ReturnType<typeof progressCondition>,
  time: string
): DeploymentCondition[] => {
  if (wanted === undefined) {
    return conditions;
  }
  return withCondition(conditions, { ...wanted, lastUpdateTime: time }, time).map((each) =>
    each.type === wanted.type && wanted.reason === 'ReplicaSetUpdated'
      ? { ...each, lastUpdateTime: time }
      : each
  );
};

const conditionsOf = (step: Step): DeploymentCondition[] => {
  const { deployment, sets, status, now } = step;
  const time = String(timestamp(now));
  const available = { ...availableCondition(deployment, status), lastUpdateTime: time };
  const before = withCondition(deployment.status?.conditions, available, time);
  const conditions = withProgress(before, progressCondition(step), time);
  const failure = failureCondition(sets);
  if (failure === undefined) {
    return withoutCondition(conditions, 'ReplicaFailure');
  }
  const { type, reason = '', message = '' } = failure;
  const failed = { type, status: 'True', reason, message, lastUpdateTime: time };
  return withCondition(conditions, failed, time);
};

/** Writes the Deployment's status from its ReplicaSets, and looks again at the deadline. */
export const writeStatus = (deployment: Deployment, sets: ReplicaSets, tools: Tools): void => {
  const { store, now, again } = tools;
  const counts = countsOf(deployment, sets);
  const conditions = conditionsOf({ deployment, sets, status: counts, now: now() });
  const status = { ...withoutZeros(counts), conditions };
  const { namespace, name = '' } = deployment.metadata ?? {};
  if (!isDeepStrictEqual(deployment.status, status)) {
    store.modify('deployments', { namespace, name }, (object) =>
      stored({ ...read<Deployment>(object), status } as Deployment)
    );
  }
  const left = untilDeadline({ ...deployment, status }, now());
  if (left !== undefined && left > 0) {
    again(left + 10);
  }
};
