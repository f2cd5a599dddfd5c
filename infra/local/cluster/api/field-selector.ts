import { badRequest } from '../status-error.ts';
import { isObject } from './json.ts';

const everywhere = ['metadata.name', 'metadata.namespace'];

const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'status.phase',
    'status.podIP',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  namespaces: ['status.phase'],
  secrets: ['type'],
  jobs: ['status.successful'],
  replicasets: ['status.replicas'],
};

const fieldText = (object: unknown, path: string): string => {
  let value = object;
  for (const field of path.split('.')) {
    value = isObject(value) ? value[field] : undefined;
  }
  return value === undefined || isObject(value) ? '' : String(value);
};

const requirement = (plural: string, part: string): ((object: unknown) => boolean) => {
  const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim());
  const [, path = '', operator, wanted = ''] = match ?? [];
  if (match === null) {
    throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  }
  if (![...everywhere, ...(selectable[plural] ?? [])].includes(path)) {
    throw badRequest(`field label not supported: ${path}`);
  }
  return (object) => (fieldText(object, path) === wanted) === (operator !== '!=');
};

/** Reads `?fieldSelector=` text. Throws 400 for a field that the API can't select by. */
export const parseFieldSelector = (
  plural: string,
  selector: string | null
): ((object: unknown) => boolean) => {
  const requirements = (selector ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => requirement(plural, part));
  return (object) => requirements.every((matches) => matches(object));
};
