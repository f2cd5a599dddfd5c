import * as models from '@kubernetes/client-node';
import { atomicMaps, atomicModels, listKeys, setLists } from './list-keys.ts';

/**
 * What a value of the API looks like. The client library's models say which fields there are;
 * `list-keys.ts` adds how lists and maps merge.
 */
export type Shape =
  | { readonly kind: 'struct'; readonly model: string; readonly atomic: boolean }
  | { readonly kind: 'map'; readonly items: Shape; readonly atomic: boolean }
  | {
      readonly kind: 'list';
      readonly items: Shape;
      readonly keys: readonly string[];
      readonly set: boolean;
    }
  | { readonly kind: 'scalar'; readonly type: string }
  | { readonly kind: 'any' };

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

type Model = { getAttributeTypeMap?: () => readonly Attribute[] };

const scalarTypes = new Set(['string', 'number', 'boolean', 'Date', 'V1MicroTime', 'IntOrString']);
const fieldsOfModel = new Map<string, ReadonlyMap<string, Shape>>();
const anything: Shape = { kind: 'any' };

const attributesOf = (model: string): readonly Attribute[] | undefined =>
  (models as unknown as Record<string, Model | undefined>)[model]?.getAttributeTypeMap?.();

const listShape = (field: string, type: string): Shape => {
  const conditions = field.endsWith('Status.conditions');
  const items = shapeFor(field, type.slice('Array<'.length, -1));
  return {
    kind: 'list',
    items,
    keys: conditions ? ['type'] : (listKeys[field] ?? []),
    set: setLists.has(field),
  };
};

const shapeFor = (field: string, type: string): Shape => {
  if (type.startsWith('Array<')) {
    return listShape(field, type);
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map?.[1] !== undefined) {
    return { kind: 'map', items: shapeFor(`${field}.*`, map[1]), atomic: atomicMaps.has(field) };
  }
  if (scalarTypes.has(type)) {
    return { kind: 'scalar', type };
  }
  return attributesOf(type) === undefined ? anything : modelShape(type);
};

/** `model` is a class of the client library, such as `V1Deployment`. */
export const modelShape = (model: string): Shape => ({
  kind: 'struct',
  model,
  atomic: atomicModels.has(model),
});

const fieldsOf = (model: string): ReadonlyMap<string, Shape> => {
  const known = fieldsOfModel.get(model);
  if (known !== undefined) {
    return known;
  }
  const fields = new Map<string, Shape>();
  for (const { baseName, type } of attributesOf(model) ?? []) {
    fields.set(baseName, shapeFor(`${model}.${baseName}`, type));
  }
  fieldsOfModel.set(model, fields);
  return fields;
};

/** The shape of one field of a struct or map; undefined for a field that the API does not have. */
export const fieldShape = (shape: Shape, field: string): Shape | undefined => {
  switch (shape.kind) {
    case 'struct':
      return fieldsOf(shape.model).get(field);
    case 'map':
      return shape.items;
    case 'any':
      return anything;
    default:
      return undefined;
  }
};
