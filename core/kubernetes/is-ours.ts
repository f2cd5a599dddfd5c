import type { KubernetesObject } from './object.ts';

/** Whether the labels of an object say that it is part of this rack's app. */
export const isOurs = (
  { metadata }: KubernetesObject,
  key: { readonly rack: string; readonly app: string }
): boolean => {
  const { system, rack, app } = metadata.labels ?? {};
  return system === 'rackless' && rack === key.rack && app === key.app;
};
