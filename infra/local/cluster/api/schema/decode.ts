import { badRequest } from '../../status-error.ts';
import { defined, isObject, type JsonObject } from '../json.ts';
import { fieldShape, type Shape } from './shape.ts';

/** A decoded document and the paths of the fields that the API does not know. */
export interface Decoded {
  readonly value: JsonObject;
  readonly unknownFields: readonly string[];
}

interface Position {
  readonly path: string;
  readonly shape: Shape;
  readonly unknown: string[];
}

const quantityField = /(^|\.)(limits|requests|hard|capacity|allocatable|sizeLimit|divisor)(\.|$)/;

const wanted: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  Date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  V1MicroTime: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  IntOrString: (value) => typeof value === 'string' || Number.isInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
};

const describe = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value instanceof Object ? 'object' : typeof value;

const wrongType = (value: unknown, path: string, type: string): Error =>
  badRequest(`json: cannot unmarshal ${describe(value)} into field ${path} of type ${type}`);

const decodeScalar = (value: unknown, path: string, type: string): unknown => {
  if (type === 'string' && typeof value === 'number' && quantityField.test(path)) {
    return String(value);
  }
  if (wanted[type]?.(value) !== true) {
    throw wrongType(value, path, type);
  }
  return value;
};

const decodeField = (field: string, value: unknown, parent: Position): unknown => {
  const path = parent.path === '' ? field : `${parent.path}.${field}`;
  const shape = fieldShape(parent.shape, field);
  if (shape === undefined) {
    parent.unknown.push(path);
    return undefined;
  }
  return value === null || value === undefined
    ? undefined
    : decodeValue(value, { path, shape, unknown: parent.unknown });
};

const decodeFields = (value: unknown, position: Position): JsonObject => {
  if (!isObject(value)) {
    const { path, shape } = position;
    throw wrongType(value, path, shape.kind === 'struct' ? shape.model : 'map');
  }
  const fields = Object.entries(value).map(([field, part]): [string, unknown] => [
    field,
    decodeField(field, part, position),
  ]);
  return defined(Object.fromEntries(fields));
};

const decodeValue = (value: unknown, position: Position): unknown => {
  const { path, shape, unknown } = position;
  switch (shape.kind) {
    case 'any':
      return value;
    case 'scalar':
      return decodeScalar(value, path, shape.type);
    case 'list':
      if (!Array.isArray(value)) {
        throw wrongType(value, path, 'list');
      }
      return value.map((item, index) =>
        decodeValue(item, { path: `${path}[${index}]`, shape: shape.items, unknown })
      );
    default:
      return decodeFields(value, position);
  }
};

/**
 * Reads a document as the API server does: unknown fields and nulls go, a value of the wrong type
 * is a 400.
 */
export const decode = (document: JsonObject, shape: Shape): Decoded => {
  const unknown: string[] = [];
  const value = decodeFields(document, { path: '', shape, unknown });
  return { value, unknownFields: unknown };
};
