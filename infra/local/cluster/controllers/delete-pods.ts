import { deleteStored } from '../api/verbs/delete.ts';
import type { MemoryStore } from '../memory-store.ts';
import { type Pod, stored } from '../wire.ts';

/** Deletes a pod as a client would: its node stops it first. */
export const deletePod = (store: MemoryStore, pod: Pod): void => {
  deleteStored(store, 'pods', stored(pod));
};
