import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';

/** Lines of more than this are cut, and no more lines than that are kept. */
const longestValue = 200;
const maxLines = 200;

/**
 * What a release changes in the cluster's objects, one line for each field:
 * `Deployment/web spec.template.spec.containers.0.image: A => B`. Values of the environment are in
 * neither of the two, and Secrets are named by their content.
 */
export const diffObjects = (
  before: RenderedRelease | undefined,
  after: RenderedRelease
): readonly string[] => {
  const [old, fresh] = [byKey(before?.objects ?? []), byKey(after.objects)];
  const lines = [...new Set([...old.keys(), ...fresh.keys()])].flatMap((key) =>
    diffOne(key, old.get(key), fresh.get(key))
  );
  return lines.length > maxLines
    ? [...lines.slice(0, maxLines), `and ${lines.length - maxLines} more`]
    : lines;
};

const byKey = (objects: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> =>
  new Map(objects.map((it) => [objectKey(it), it]));

const diffOne = (
  key: string,
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined
): string[] => {
  if (!after) return [`${key}: removed`];
  if (!before) return [`${key}: added`];
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((path) => old.get(path) !== fresh.get(path))
    .map((path) => `${key} ${path}: ${shown(old.get(path))} => ${shown(fresh.get(path))}`);
};

const shown = (value: string | undefined): string => {
  if (value === undefined) return 'none';
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
};

/** The leaves of an object by their paths. Entries of a list that have a name stand under it. */
const fieldsOf = (object: KubernetesObject): ReadonlyMap<string, string> => {
  const { stringData: _values, data: _data, ...rest } = object;
  return new Map(leaves('', rest));
};

const leaves = (path: string, value: unknown): readonly (readonly [string, string])[] => {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, child], index) => {
    const key = isList ? nameOf(child, index) : name;
    return leaves(path ? `${path}.${key}` : key, child);
  });
};

const nameOf = (entry: unknown, index: number): string => {
  const { name } = Object(entry) as { name?: unknown };
  return typeof name === 'string' ? name : String(index);
};
