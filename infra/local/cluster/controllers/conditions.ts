export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
}

/** The list with one condition set; its transition time moves only when its status changes. */
export const withCondition = <T extends Condition>(
  conditions: readonly T[] | undefined,
  wanted: T,
  now: string
): T[] => {
  const list = conditions ?? [];
  const old = list.find(({ type }) => type === wanted.type);
  const lastTransitionTime = old?.status === wanted.status ? old.lastTransitionTime : now;
  const same =
    old?.status === wanted.status && old.reason === wanted.reason && old.message === wanted.message;
  if (old !== undefined && same) {
    return [...list];
  }
  const next = { ...wanted, lastTransitionTime };
  return old === undefined
    ? [...list, next]
    : list.map((each) => (each.type === wanted.type ? next : each));
};

export const withoutCondition = <T extends Condition>(
  conditions: readonly T[] | undefined,
  type: string
): T[] => (conditions ?? []).filter((each) => each.type !== type);
