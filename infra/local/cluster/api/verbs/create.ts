import { badRequest } from '../../status-error.ts';
import { type Answer, created } from '../answer.ts';
import { trackUpdate } from '../fields/track-update.ts';
import { type JsonObject, objectAt } from '../json.ts';
import { parseObjectBody } from '../parse-body.ts';
import {
  currentTime,
  decodeFor,
  managerOf,
  scopeOf,
  storeNew,
  type Write,
  withDefaults,
} from './write.ts';

/** The letters that generated names are made of (no vowels, no look-alikes). */
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

export const randomSuffix = (length = 5): string =>
  Array.from(
    { length },
    () => nameLetters[Math.floor(Math.random() * nameLetters.length)] ?? 'x'
  ).join('');

const named = (object: JsonObject): JsonObject => {
  const metadata = objectAt(object, 'metadata');
  const { name, generateName } = metadata;
  if (name !== undefined || typeof generateName !== 'string') {
    return object;
  }
  return { ...object, metadata: { ...metadata, name: `${generateName}${randomSuffix()}` } };
};

/** POST to a collection. */
export const create = (write: Write): Answer => {
  const { request } = write;
  const decoded = decodeFor(write, parseObjectBody(request));
  if (objectAt(decoded, 'metadata')['resourceVersion'] !== undefined) {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const object = withDefaults(request, named(decoded));
  const owners = trackUpdate({
    live: undefined,
    object,
    manager: managerOf(request, 'Update'),
    scope: scopeOf(request),
    time: currentTime(),
  });
  return created(storeNew(write, { object, owners }), write.warnings);
};
