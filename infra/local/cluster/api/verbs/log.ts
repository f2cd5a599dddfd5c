import type { PodContainer, PodLogOptions } from '../../pod-logs.ts';
import { badRequest } from '../../status-error.ts';
import { defined, listAt } from '../json.ts';
import type { ApiRequest } from '../request.ts';
import { requireObject } from './read.ts';
import type { Write } from './write.ts';

const numberIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null || text === '') {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw badRequest(`${name}: Invalid value: "${text}": must be a whole number`);
  }
  return Number(text);
};

const flagIn = (query: URLSearchParams, name: string): boolean =>
  ['true', '1', ''].includes(query.get(name) ?? 'false');

export const logOptions = ({ query }: ApiRequest): PodLogOptions =>
  defined({
    previous: flagIn(query, 'previous'),
    follow: flagIn(query, 'follow'),
    timestamps: flagIn(query, 'timestamps'),
    tailLines: numberIn(query, 'tailLines'),
    sinceSeconds: numberIn(query, 'sinceSeconds'),
    sinceTime: query.get('sinceTime') ?? undefined,
    limitBytes: numberIn(query, 'limitBytes'),
  });

/** The container that the request names, or the only one. Throws 400, 404. */
export const logContainer = ({ store, request }: Write): PodContainer => {
  const object = requireObject(store, request);
  const { name = '', namespace = '' } = request;
  const names = [
    ...listAt(object.spec, 'containers'),
    ...listAt(object.spec, 'initContainers'),
  ].map((each) => String(each['name']));
  const only = listAt(object.spec, 'containers').length === 1 ? names[0] : undefined;
  const container = request.query.get('container') ?? only;
  if (container === undefined) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`
    );
  }
  if (!names.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  }
  return { namespace, pod: name, container };
};
