import type { ContainerObservation } from '#core/verdicts/observation.ts';
import type { RecordedChange, RecordedLook, RecordedPod } from '#core/verdicts/recording.ts';

/** What a look showed that was new, in lines for people. */
export const describeLook = ({ seen, dropped }: RecordedLook): readonly string[] => [
  ...(dropped ? [`(${dropped} looks were left out of the recording; they add up to this:)`] : []),
  ...Object.entries(seen).flatMap(([service, change]) => describeChange(service, change)),
];

const describeChange = (
  service: string,
  { deployment, leaving, pods = {} }: RecordedChange
): readonly string[] => [
  ...(deployment === undefined ? [] : [`${service}: ${describeDeployment(deployment)}`]),
  ...Object.entries(pods).map(([name, pod]) => `${name} ${describePod(pod)}`),
  ...(leaving ? [`${service}: ${leaving} leaving`] : []),
];

const describeDeployment = (deployment: RecordedChange['deployment']): string => {
  if (!deployment) return 'its Deployment is gone';
  const { desired, updated, available, isCurrent, replicaFailure } = deployment;
  if (!isCurrent) return `${desired} wanted, the controller has not seen the change yet`;
  const refusal = replicaFailure ? `; refused: ${replicaFailure}` : '';
  return `${desired} wanted, ${updated} new, ${available} available${refusal}`;
};

const describePod = (pod: RecordedPod | null): string => {
  if (!pod) return 'leaves';
  const states = pod.containers.map(describeContainer);
  const text = [
    pod.unschedulable && `no node: ${pod.unschedulable}`,
    pod.scaleUp && 'a node is on its way',
    ...(pod.isReady ? ['ready'] : states),
  ]
    .filter((it) => it)
    .join('; ');
  return `${pod.isOld ? '(old) ' : ''}${text || pod.phase}`;
};

const describeContainer = ({ name, ...it }: ContainerObservation): string => {
  const { lastExit, exits, waiting, isInit } = it;
  const who = isInit ? `${name}: ` : '';
  const ends = exits > 0 ? `exited ${exits} ${exits === 1 ? 'time' : 'times'}` : '';
  const how =
    lastExit && ends ? `${ends}, last with code ${lastExit.code} (${lastExit.reason})` : ends;
  const now = waiting ? `${waiting.reason} ${waiting.message}`.trim() : stateOf(it);
  return who + [now, how].filter((text) => text).join('; ');
};

const stateOf = ({ isRunning, isReady }: Pick<ContainerObservation, 'isRunning' | 'isReady'>) => {
  if (!isRunning) return '';
  return isReady ? 'runs' : 'runs, not ready';
};
