import { byText, isObject, type JsonObject } from '../json.ts';

/**
 * A set of field paths as a tree. An edge is a path element in the form of `fieldsV1`: `f:name`
 * (field), `k:{"name":"web"}` (list item by key), `v:"text"` (value of a set).
 */
export interface FieldSet {
  /** Whether the path that ends here is in the set. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const emptySet: FieldSet = { member: false, children: new Map() };
export const leaf: FieldSet = { member: true, children: new Map() };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** Builds a node, leaving out children that are empty. */
export const node = (
  member: boolean,
  children: Iterable<readonly [string, FieldSet]>
): FieldSet => ({
  member,
  children: new Map([...children].filter(([, child]) => !isEmpty(child))),
});

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const own = children.get(element);
    children.set(element, own === undefined ? child : union(own, child));
  }
  return node(a.member || b.member, children);
};

/** The paths of `a` that are not in `b`. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  node(
    a.member && !b.member,
    [...a.children].map(([element, child]) => [
      element,
      difference(child, b.children.get(element) ?? emptySet),
    ])
  );

/** As `difference`, but a path in `b` also takes away everything below it. */
export const differenceBelow = (a: FieldSet, b: FieldSet): FieldSet =>
  b.member
    ? emptySet
    : node(
        a.member,
        [...a.children].map(([element, child]) => [
          element,
          differenceBelow(child, b.children.get(element) ?? emptySet),
        ])
      );

export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  node(
    a.member && b.member,
    [...a.children].map(([element, child]) => [
      element,
      intersection(child, b.children.get(element) ?? emptySet),
    ])
  );

export const equalSets = (a: FieldSet, b: FieldSet): boolean =>
  isEmpty(difference(a, b)) && isEmpty(difference(b, a));

/** The JSON of a `fieldsV1`; `.` marks a member that has members below it. */
export const toFieldsV1 = (set: FieldSet): JsonObject => {
  const fields: Record<string, unknown> = {};
  if (set.member && set.children.size > 0) {
    fields['.'] = {};
  }
  for (const element of [...set.children.keys()].sort(byText)) {
    fields[element] = toFieldsV1(set.children.get(element) ?? emptySet);
  }
  return fields;
};

const fromNode = (fields: JsonObject): FieldSet => {
  const elements = Object.entries(fields).filter(([element]) => element !== '.');
  return {
    member: '.' in fields || elements.length === 0,
    children: new Map(
      elements.map(([element, child]) => [element, fromNode(isObject(child) ? child : {})])
    ),
  };
};

export const fromFieldsV1 = (fields: JsonObject): FieldSet => ({
  ...fromNode(fields),
  member: false,
});

const printElement = (element: string): string => {
  const text = element.slice(2);
  if (element.startsWith('f:')) {
    return `.${text}`;
  }
  if (element.startsWith('v:')) {
    return `[=${text}]`;
  }
  const keys = Object.entries(JSON.parse(text) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
};

/** Every path in the set as the API server prints it: `.spec.containers[name="web"].image`. */
export const printPaths = (set: FieldSet): string[] => [
  ...(set.member ? [''] : []),
  ...[...set.children].flatMap(([element, child]) =>
    printPaths(child).map((rest) => printElement(element) + rest)
  ),
];
