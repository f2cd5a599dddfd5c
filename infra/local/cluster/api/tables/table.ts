import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type JsonObject, objectAt } from '../json.ts';
import type { ApiRequest } from '../request.ts';
import type { Column } from './column.ts';
import { columnsOf } from './columns.ts';

/** Whether the client would rather have a table to print; kubectl does. */
export const wantsTable = ({ accept }: IncomingHttpHeaders): boolean =>
  (accept ?? '').split(',')[0]?.includes('as=Table') ?? false;

const definition = ({ title, priority }: Column): JsonObject => ({
  name: title,
  type: 'string',
  format: title === 'Name' ? 'name' : '',
  description: '',
  priority,
});

const rowObject = (object: JsonObject, include: string | null): JsonObject | null => {
  if (include === 'None') {
    return null;
  }
  return include === 'Object'
    ? object
    : {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: objectAt(object, 'metadata'),
      };
};

/** The objects of an answer as rows; `body` is one object or a list. */
export const toTable = ({ type, query }: ApiRequest, body: JsonObject): JsonObject => {
  const columns = columnsOf(type.plural);
  const { items } = body;
  const objects = Array.isArray(items) ? items.filter(isObject) : [body];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: Array.isArray(items)
      ? objectAt(body, 'metadata')
      : { resourceVersion: objectAt(body, 'metadata')['resourceVersion'] },
    columnDefinitions: columns.map(definition),
    rows: objects.map((object) => ({
      cells: columns.map(({ value }) => value(object)),
      object: rowObject(object, query.get('includeObject')),
    })),
  };
};
