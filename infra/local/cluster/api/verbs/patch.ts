import type { StoredObject } from '../../object-store.ts';
import { badRequest, conflict, StatusError } from '../../status-error.ts';
import { type Answer, created, ok } from '../answer.ts';
import { type Applied, apply } from '../fields/apply.ts';
import { type JsonObject, listAt, objectAt } from '../json.ts';
import { mediaType, parseBody, parseObjectBody } from '../parse-body.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatchObject } from '../patch/merge-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import type { ApiRequest } from '../request.ts';
import { qualifiedName } from '../resource-type.ts';
import { modelShape } from '../schema/shape.ts';
import { requireObject } from './read.ts';
import { replaceWith } from './replace.ts';
import {
  currentTime,
  decodeFor,
  managerOf,
  scopeOf,
  storeChanged,
  storeNew,
  type Write,
  withDefaults,
} from './write.ts';

export const isApply = (request: ApiRequest): boolean =>
  mediaType(request).startsWith('application/apply-patch');

/** The live document with a non-apply patch laid over it. Throws 400, 415, 422. */
export const patched = (request: ApiRequest, live: JsonObject, model: string): JsonObject => {
  switch (mediaType(request)) {
    case 'application/json-patch+json':
      return jsonPatch(live, parseBody(request));
    case 'application/merge-patch+json':
      return mergePatchObject(live, parseObjectBody(request));
    case 'application/strategic-merge-patch+json':
      return strategicMerge(live, parseObjectBody(request), modelShape(model));
    default:
      throw new StatusError({
        code: 415,
        reason: 'UnsupportedMediaType',
        message:
          'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
      });
  }
};

export const requireFieldManager = ({ query }: ApiRequest): void => {
  if ((query.get('fieldManager') ?? '') === '') {
    throw new StatusError({
      code: 422,
      reason: 'Invalid',
      message:
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    });
  }
};

const applyTo = (request: ApiRequest, applied: JsonObject, live?: StoredObject): Applied =>
  apply({
    live: live === undefined ? undefined : { ...live },
    applied,
    manager: managerOf(request, 'Apply'),
    scope: scopeOf(request),
    force: request.query.get('force') === 'true',
    time: currentTime(),
  });

/** An apply that carries the uid of an object that is gone must not bring it back. */
const checkNotGone = ({ type, name = '' }: ApiRequest, applied: JsonObject): void => {
  const { uid } = objectAt(applied, 'metadata');
  if (uid !== undefined) {
    throw conflict(
      qualifiedName(type),
      name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    );
  }
};

const applyNew = (write: Write, applied: JsonObject): Answer => {
  const { request } = write;
  checkNotGone(request, applied);
  const { object, owners } = applyTo(request, applied);
  const filled = withDefaults(request, object);
  return created(storeNew(write, { object: filled, owners }), write.warnings);
};

const serverSideApply = (write: Write): Answer => {
  const { store, request } = write;
  requireFieldManager(request);
  const applied = decodeFor(write, parseObjectBody(request));
  if (listAt(applied, 'metadata', 'managedFields').length > 0) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const live = store.get(request.type.plural, request.namespace, request.name ?? '');
  if (live === undefined && request.subresource === undefined) {
    return applyNew(write, applied);
  }
  const existing = live ?? requireObject(store, request);
  const { object, owners } = applyTo(request, applied, existing);
  const filled = withDefaults(request, object);
  return ok(storeChanged(write, { object: filled, owners, live: existing }), write.warnings);
};

/** PATCH of any of the four sorts. */
export const patch = (write: Write): Answer => {
  const { store, request } = write;
  if (isApply(request)) {
    return serverSideApply(write);
  }
  const live = requireObject(store, request);
  const document = patched(request, { ...live }, request.type.model);
  return replaceWith(write, decodeFor(write, document), live);
};
