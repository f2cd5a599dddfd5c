import type { Pod } from '../wire.ts';

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity (`250m`, `1Gi`, `1e3`) as a number; 0 when it is none. */
export const parseQuantity = (text: string): number => {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text);
  const [, value = '0', suffix = ''] = match ?? [];
  return Number(value) * (suffix === '' ? 1 : (factors[suffix] ?? 0));
};

/** What a pod asks for: its containers together, or its greediest init container if that is more. */
export const podRequest = ({ spec }: Pod, resource: string): number => {
  const ask = (container: { readonly resources?: { requests?: Record<string, string> } }): number =>
    parseQuantity(container.resources?.requests?.[resource] ?? '0');
  const together = (spec?.containers ?? []).map(ask).reduce((sum, each) => sum + each, 0);
  return Math.max(together, ...(spec?.initContainers ?? []).map(ask));
};
