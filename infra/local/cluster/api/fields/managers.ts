import type { V1ManagedFieldsEntry } from '@kubernetes/client-node';
import { isObject, type JsonObject, listAt, objectAt } from '../json.ts';
import { emptySet, type FieldSet, fromFieldsV1, isEmpty, toFieldsV1 } from './field-set.ts';

/** Who writes: the identity of one entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
}

export interface Ownership {
  readonly manager: Manager;
  readonly fields: FieldSet;
  readonly time?: string | undefined;
}

/** Who owns what of an object, by `managerKey`. */
export type Owners = ReadonlyMap<string, Ownership>;

/** An apply goes on under any API version; an update has one entry per version. */
export const managerKey = ({ name, operation, apiVersion, subresource }: Manager): string =>
  JSON.stringify([name, operation, subresource ?? '', operation === 'Apply' ? '' : apiVersion]);

const readEntry = (entry: JsonObject): Ownership => {
  const { manager, operation, apiVersion, subresource, time, fieldsV1 } =
    entry as V1ManagedFieldsEntry;
  return {
    manager: {
      name: manager ?? '',
      operation: operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: apiVersion ?? '',
      subresource,
    },
    fields: isObject(fieldsV1) ? fromFieldsV1(fieldsV1) : emptySet,
    time: time as unknown as string | undefined,
  };
};

export const readOwners = (object: JsonObject): Owners =>
  new Map(
    listAt(object, 'metadata', 'managedFields')
      .map(readEntry)
      .map((ownership) => [managerKey(ownership.manager), ownership])
  );

const writeEntry = ({ manager, fields, time }: Ownership): JsonObject => ({
  manager: manager.name,
  operation: manager.operation,
  apiVersion: manager.apiVersion,
  ...(time === undefined ? {} : { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: toFieldsV1(fields),
  ...(manager.subresource === undefined ? {} : { subresource: manager.subresource }),
});

const rank = ({ manager, time }: Ownership): string =>
  `${manager.operation === 'Apply' ? 0 : 1} ${time ?? ''} ${manager.name}`;

/** The object with `metadata.managedFields` saying what `owners` say. */
export const writeOwners = (object: JsonObject, owners: Owners): JsonObject => {
  const entries = [...owners.values()]
    .filter(({ fields }) => !isEmpty(fields))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map(writeEntry);
  const { managedFields: _, ...metadata } = objectAt(object, 'metadata');
  return {
    ...object,
    metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries },
  };
};
