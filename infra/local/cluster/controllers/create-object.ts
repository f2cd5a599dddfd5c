import { fillDefaults } from '../api/defaults/fill-defaults.ts';
import { prepareCreate } from '../api/defaults/prepare-create.ts';
import type { JsonObject } from '../api/json.ts';
import type { MemoryStore } from '../memory-store.ts';
import type { StoredObject } from '../object-store.ts';
import type { Meta, WireObject } from '../wire.ts';

/** Stores a new object with what the API server fills in. Throws 409 when the name is taken. */
export const createObject = (
  store: MemoryStore,
  plural: string,
  object: WireObject
): StoredObject => {
  const filled = fillDefaults(plural, { ...object } as JsonObject);
  return store.create(plural, prepareCreate(plural, filled, store) as StoredObject);
};

type OwnerReference = NonNullable<Meta['ownerReferences']>[number];

/** Says that `owner` controls the object that carries this. */
export const controllerReference = ({
  apiVersion = '',
  kind = '',
  metadata,
}: WireObject): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata?.name ?? '',
  uid: metadata?.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

export const controllerOf = ({ metadata }: WireObject): OwnerReference | undefined =>
  metadata?.ownerReferences?.find(({ controller }) => controller === true);

export const isControlledBy = (object: WireObject, owner: WireObject): boolean =>
  controllerOf(object)?.uid === owner.metadata?.uid;
