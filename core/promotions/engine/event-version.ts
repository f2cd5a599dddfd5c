import type { KubernetesObject } from '../../kubernetes/object.ts';

/** Servers in use count versions up in whole numbers; of any other kind nothing is known. */
const versionOf = ({ metadata }: KubernetesObject): bigint | undefined =>
  /^\d+$/.test(metadata.resourceVersion ?? '') ? BigInt(metadata.resourceVersion ?? '') : undefined;

/** Whether an event came after a version, as far as one can tell. */
export const isNewer = (event: KubernetesObject, version: string): boolean => {
  const own = versionOf(event);
  return own === undefined || !/^\d+$/.test(version) || own > BigInt(version);
};

export const byVersion = (one: KubernetesObject, other: KubernetesObject): number => {
  const [a, b] = [versionOf(one) ?? 0n, versionOf(other) ?? 0n];
  return a < b ? -1 : Number(a > b);
};
