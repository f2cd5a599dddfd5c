import type { MemoryStore } from '../../memory-store.ts';
import { notFound, StatusError } from '../../status-error.ts';
import type { ApiRequest } from '../request.ts';
import { qualifiedName } from '../resource-type.ts';

/** Throws 404 for a namespace that is not there and 403 for one that is going. */
export const requireOpenNamespace = (
  store: MemoryStore,
  { type, namespace }: ApiRequest,
  name: string
): void => {
  if (!type.namespaced || namespace === undefined) {
    return;
  }
  const stored = store.get('namespaces', undefined, namespace);
  if (stored === undefined) {
    throw notFound('namespaces', namespace);
  }
  if (stored.metadata?.deletionTimestamp !== undefined) {
    throw new StatusError({
      code: 403,
      reason: 'Forbidden',
      message: `${qualifiedName(type)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
      details: {
        name,
        kind: type.plural,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      },
    });
  }
};
