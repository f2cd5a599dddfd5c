import { parseLabelSelector } from '../label-selector.ts';
import type { StoredObject } from '../object-store.ts';
import { parseFieldSelector } from './field-selector.ts';
import type { ApiRequest } from './request.ts';

/** Which objects a list, watch or deletecollection is about. */
export const selectionOf = ({
  type,
  namespace,
  name,
  query,
}: ApiRequest): ((object: StoredObject) => boolean) => {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(type.plural, query.get('fieldSelector'));
  return (object) =>
    (namespace === undefined || object.metadata?.namespace === namespace) &&
    (name === undefined || object.metadata?.name === name) &&
    labels(object.metadata?.labels) &&
    fields(object);
};
