import { type Answer, ok } from './answer.ts';
import type { ApiRequest } from './request.ts';
import { apiVersionOf } from './resource-type.ts';
import { bind } from './verbs/bind.ts';
import { create } from './verbs/create.ts';
import { deleteCollection, deleteOne, evict } from './verbs/delete.ts';
import { patch } from './verbs/patch.ts';
import { get, list } from './verbs/read.ts';
import { replace } from './verbs/replace.ts';
import { scale } from './verbs/scale.ts';
import { methodNotAllowed, type Write } from './verbs/write.ts';

type Verb = (write: Write) => Answer;

const objectVerbs: Readonly<Record<string, Verb>> = {
  GET: ({ store, request }) => get(store, request),
  PUT: replace,
  PATCH: patch,
  DELETE: deleteOne,
};

const collectionVerbs: Readonly<Record<string, Verb>> = {
  GET: ({ store, request }) => list(store, request),
  POST: create,
  DELETE: deleteCollection,
};

const statusVerbs: Readonly<Record<string, Verb>> = {
  GET: ({ store, request }) => get(store, request),
  PUT: replace,
  PATCH: patch,
};

const subresourceVerbs: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  status: statusVerbs,
  finalize: { PUT: replace },
  scale: { GET: scale, PUT: scale, PATCH: scale },
  binding: { POST: bind },
  eviction: { POST: evict },
};

const verbFor = ({ method, name, subresource }: ApiRequest): Verb | undefined => {
  if (subresource !== undefined) {
    return subresourceVerbs[subresource]?.[method];
  }
  return (name === undefined ? collectionVerbs : objectVerbs)[method];
};

const inertWarning = ({ type, method }: ApiRequest): string[] =>
  type.active || method === 'GET' || method === 'DELETE'
    ? []
    : [
        `the embedded cluster stores ${type.kind} (${apiVersionOf(type)}) but nothing acts on it; use --kubeconfig for a real cluster`,
      ];

/** Answers a request for objects, other than a watch or a log. Throws `StatusError`. */
export const handle = (write: Write): Answer => {
  const verb = verbFor(write.request);
  if (verb === undefined) {
    throw methodNotAllowed();
  }
  const answer = verb(write);
  return { ...answer, warnings: [...inertWarning(write.request), ...(answer.warnings ?? [])] };
};

/** Everyone with the token may do everything here. */
export const allowReview = (review: Readonly<Record<string, unknown>>): Answer => {
  const rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  const rules = {
    resourceRules: [rule],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  };
  const status = review['kind'] === 'SelfSubjectRulesReview' ? rules : { allowed: true };
  return { ...ok({ ...review, status }), code: 201 };
};
