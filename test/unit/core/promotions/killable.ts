import type { EngineDependencies } from '#core/promotions/engine/run.ts';

/** What stands for the death of a function: nothing in the engine knows or catches it. */
export class KilledError extends Error {
  constructor() {
    super('the function is gone');
    this.name = 'KilledError';
  }
}

interface Fate {
  calls: number;
  readonly dies: (call: number) => 'before' | 'after' | undefined;
  isDead: boolean;
}

/**
 * The same dependencies in a function that dies at one of its calls to the outside, before or after
 * that call has done its work. The dead do nothing any more.
 */
export const killable = (
  deps: EngineDependencies,
  dies: (call: number) => 'before' | 'after' | undefined
): EngineDependencies & { readonly fate: Fate } => {
  const fate: Fate = { calls: 0, dies, isDead: false };
  return {
    ...deps,
    cluster: mortal(deps.cluster, fate),
    records: mortal(deps.records, fate),
    documents: mortal(deps.documents, fate),
    fate,
  };
};

const mortal = <Port extends object>(port: Port, fate: Fate): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method = Reflect.get(target, name);
      return typeof method === 'function'
        ? (...args: unknown[]) => live(fate, () => method.apply(target, args))
        : method;
    },
  });

const live = async (fate: Fate, call: () => unknown): Promise<unknown> => {
  if (fate.isDead) throw new KilledError();
  fate.calls += 1;
  const end = fate.dies(fate.calls);
  fate.isDead = end !== undefined;
  if (end === 'before') throw new KilledError();
  const result = await call();
  if (fate.isDead) throw new KilledError();
  return result;
};
