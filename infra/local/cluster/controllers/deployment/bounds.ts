import type { Deployment } from '../../wire.ts';

export interface Bounds {
  readonly replicas: number;
  /** How many pods there may be at once. */
  readonly most: number;
  readonly maxUnavailable: number;
  /** How many must stay available. */
  readonly least: number;
}

const resolve = (
  value: number | string | undefined,
  replicas: number,
  round: (value: number) => number
): number => {
  if (typeof value === 'string' && value.endsWith('%')) {
    return round((Number.parseFloat(value) * replicas) / 100);
  }
  return Number(value ?? 0);
};

/** What a rollout may do at most; a surge rounds up, unavailability down, and one of them is > 0. */
export const boundsOf = ({ spec }: Deployment): Bounds => {
  const replicas = spec?.replicas ?? 1;
  if (spec?.strategy?.type === 'Recreate') {
    return { replicas, most: replicas, maxUnavailable: replicas, least: 0 };
  }
  const { maxSurge, maxUnavailable } = spec?.strategy?.rollingUpdate ?? {};
  const surge = resolve(maxSurge, replicas, Math.ceil);
  const asked = Math.min(resolve(maxUnavailable, replicas, Math.floor), replicas);
  const unavailable = surge === 0 && asked === 0 ? 1 : asked;
  return {
    replicas,
    most: replicas + surge,
    maxUnavailable: unavailable,
    least: replicas - unavailable,
  };
};
