import type { IncomingHttpHeaders } from 'node:http';
import { StatusError } from '../status-error.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';
import { findType } from './resource-types.ts';

/** A request for objects, with what its path says already looked up. */
export interface ApiRequest {
  readonly method: string;
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Target = Pick<ApiRequest, 'type' | 'namespace' | 'name' | 'subresource'>;

const subjectReviews = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];

export const isSubjectReview = (path: string): boolean =>
  subjectReviews.some((review) => path === `/apis/authorization.k8s.io/v1/${review}`);

/** What this cluster leaves to a real one. */
const notImplemented = (what: string): StatusError =>
  new StatusError({
    code: 501,
    reason: 'NotImplemented',
    message: `the embedded cluster does not have ${what}: use --kubeconfig to name a real cluster`,
  });

const lookUp = (apiVersion: string, plural: string): ResourceType => {
  const type = findType(apiVersion, plural);
  if (type === undefined) {
    throw notImplemented(`${plural} of ${apiVersion}`);
  }
  return type;
};

const checkSubresource = (type: ResourceType, subresource: string | undefined): void => {
  if (subresource !== undefined && !type.subresources.includes(subresource)) {
    throw notImplemented(`${type.plural}/${subresource} of ${apiVersionOf(type)}`);
  }
};

const targetIn = (apiVersion: string, parts: readonly string[]): Target => {
  const [first, namespace, plural, name, subresource] = parts;
  const ofNamespace = ['status', 'finalize'].includes(plural ?? '') && name === undefined;
  if (first === 'namespaces' && plural !== undefined && !ofNamespace) {
    const type = lookUp(apiVersion, plural);
    checkSubresource(type, subresource);
    return { type, namespace, name, subresource };
  }
  const type = lookUp(apiVersion, first ?? '');
  checkSubresource(type, parts[2]);
  return { type, namespace: undefined, name: parts[1], subresource: parts[2] };
};

/** Reads an object path; undefined when the path is of another sort (discovery, health). */
export const parseTarget = (path: string): Target | undefined => {
  const [root, ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  if (root === 'api' && rest.length > 1) {
    return targetIn(rest[0] ?? '', rest.slice(1));
  }
  if (root === 'apis' && rest.length > 2) {
    return targetIn(`${rest[0]}/${rest[1]}`, rest.slice(2));
  }
  return undefined;
};
