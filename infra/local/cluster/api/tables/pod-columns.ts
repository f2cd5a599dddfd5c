import { type JsonObject, listAt, objectAt } from '../json.ts';
import { ageOf } from './age.ts';
import { age, type Column, column, name, text, wide } from './column.ts';

const statuses = (pod: JsonObject): readonly JsonObject[] =>
  listAt(pod, 'status', 'containerStatuses');

const stateReason = (container: JsonObject): string | undefined => {
  const waiting = objectAt(container, 'state', 'waiting')['reason'];
  const { reason, exitCode } = objectAt(container, 'state', 'terminated');
  const exited = exitCode === undefined ? undefined : `ExitCode:${exitCode}`;
  const shown = waiting ?? reason ?? exited;
  return shown === undefined ? undefined : String(shown);
};

const initReason = (pod: JsonObject): string | undefined => {
  const containers = listAt(pod, 'status', 'initContainerStatuses');
  const index = containers.findIndex(
    (each) => objectAt(each, 'state', 'terminated')['exitCode'] !== 0
  );
  const reason = index < 0 ? undefined : stateReason(containers[index] ?? {});
  if (index < 0) {
    return undefined;
  }
  return reason === undefined || reason === 'PodInitializing'
    ? `Init:${index}/${containers.length}`
    : `Init:${reason}`;
};

const podStatus = (pod: JsonObject): string => {
  if (objectAt(pod, 'metadata')['deletionTimestamp'] !== undefined) {
    return 'Terminating';
  }
  const { phase, reason } = objectAt(pod, 'status');
  const containers = statuses(pod)
    .map(stateReason)
    .filter((each) => each !== undefined);
  return initReason(pod) ?? containers[0] ?? text(reason ?? phase);
};

const ready = (pod: JsonObject): string => {
  const count = statuses(pod).filter((each) => each['ready'] === true).length;
  return `${count}/${listAt(pod, 'spec', 'containers').length}`;
};

const restarts = (pod: JsonObject): string => {
  const total = statuses(pod).reduce((sum, each) => sum + Number(each['restartCount'] ?? 0), 0);
  const ends = statuses(pod)
    .map((each) => objectAt(each, 'lastState', 'terminated')['finishedAt'])
    .filter((each) => typeof each === 'string')
    .sort((a, b) => (a < b ? 1 : -1));
  return total === 0 || ends.length === 0 ? `${total}` : `${total} (${ageOf(ends[0])} ago)`;
};

export const podColumns: readonly Column[] = [
  name,
  column('Ready', ready),
  column('Status', podStatus),
  column('Restarts', restarts),
  age,
  wide('IP', (pod) => text(objectAt(pod, 'status')['podIP'])),
  wide('Node', (pod) => text(objectAt(pod, 'spec')['nodeName'])),
  wide('Nominated Node', () => '<none>'),
  wide('Readiness Gates', () => '<none>'),
];
