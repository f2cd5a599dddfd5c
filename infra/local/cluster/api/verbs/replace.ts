import type { StoredObject } from '../../object-store.ts';
import { conflict } from '../../status-error.ts';
import { type Answer, ok } from '../answer.ts';
import { trackUpdate } from '../fields/track-update.ts';
import { type JsonObject, objectAt } from '../json.ts';
import { parseObjectBody } from '../parse-body.ts';
import type { ApiRequest } from '../request.ts';
import { qualifiedName } from '../resource-type.ts';
import { requireObject } from './read.ts';
import {
  currentTime,
  decodeFor,
  managerOf,
  scopeOf,
  storeChanged,
  type Write,
  withDefaults,
} from './write.ts';

const checkUid = (request: ApiRequest, object: JsonObject, live: StoredObject): void => {
  const { uid } = objectAt(object, 'metadata');
  if (uid !== undefined && uid !== live.metadata?.uid) {
    throw conflict(
      qualifiedName(request.type),
      request.name ?? '',
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata?.uid}`
    );
  }
};

/** Stores what an update or a patch made of the live object, in the name of its manager. */
export const replaceWith = (write: Write, document: JsonObject, live: StoredObject): Answer => {
  const { request } = write;
  const object = withDefaults(request, document);
  const owners = trackUpdate({
    live: { ...live },
    object,
    manager: managerOf(request, 'Update'),
    scope: scopeOf(request),
    time: currentTime(),
  });
  return ok(storeChanged(write, { object, owners, live }), write.warnings);
};

/** PUT. */
export const replace = (write: Write): Answer => {
  const { store, request } = write;
  const live = requireObject(store, request);
  const object = decodeFor(write, parseObjectBody(request));
  checkUid(request, object, live);
  return replaceWith(write, object, live);
};
