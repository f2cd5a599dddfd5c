import { type JsonObject, objectAt, without } from '../json.ts';
import { modelShape, type Shape } from '../schema/shape.ts';
import type { Part } from './elements.ts';

/** Which part of an object a write may own. */
export interface WriteScope {
  /** The client library's model of the kind. */
  readonly model: string;
  /** `status`, `scale` or undefined for the object itself. */
  readonly subresource?: string | undefined;
  /** Whether the kind has a `status` that only its subresource writes. */
  readonly hasStatus: boolean;
}

/** Metadata that nobody owns: the server's own bookkeeping and the object's identity. */
const unownedMetadata = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generateName',
  'managedFields',
  'selfLink',
];

const scopedFields = (object: JsonObject, { subresource, hasStatus }: WriteScope): JsonObject => {
  if (subresource === 'status') {
    const { status, metadata } = object;
    return { ...(metadata === undefined ? {} : { metadata }), ...(status ? { status } : {}) };
  }
  return hasStatus ? without(object, 'status') : object;
};

/** The part of an object whose fields have owners. */
export const trackedPart = (object: JsonObject, scope: WriteScope): Part => {
  const { metadata, ...fields } = without(scopedFields(object, scope), 'apiVersion', 'kind');
  const owned = without(objectAt(metadata), ...unownedMetadata);
  const shape: Shape = modelShape(scope.model);
  const value = Object.keys(owned).length === 0 ? fields : { ...fields, metadata: owned };
  return { value, shape };
};
