import fc from 'fast-check';
import {
  AppNotUpdatingError,
  AppUpdatingError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  SupersededError,
  TooLateToCancelError,
} from '#core/errors.ts';
import { releaseId, type Shop } from './shop.ts';

/** The work of many at once: each may fail in the ways that are known, and in no other. */
export const works: Readonly<Record<string, (shop: Shop, number: number) => Promise<unknown>>> = {
  promote: (shop, at) => shop.promote('promote', at),
  queue: (shop, at) => shop.promote('queue', at),
  force: (shop, at) => shop.promote('force', at),
  cancel: (shop) => shop.cancel('cancel'),
  abandon: (shop) => shop.cancel('abandon'),
  recover: (shop) => shop.recover(),
  die: async (shop) => shop.runs.die(),
  activate: async (shop, at) => {
    const hold = await shop.acquire();
    return hold && shop.ports.records.activate(hold, releaseId(at));
  },
  settle: async (shop) => {
    const hold = await shop.acquire();
    const end = { outcome: 'RolledBack', reason: 'Test', cause: '' } as const;
    return hold && shop.ports.records.settle(hold, end);
  },
  delete: (shop) => shop.remove(),
};
const known = [
  AppNotUpdatingError,
  AppUpdatingError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  SupersededError,
  TooLateToCancelError,
];
export const isKnown = (error: unknown): boolean => known.some((kind) => error instanceof kind);

export const race = fc.array(
  fc.tuple(fc.constantFrom(...Object.keys(works)), fc.integer({ min: 1, max: 6 })),
  {
    minLength: 2,
    maxLength: 8,
  }
);

/** Every call of a port first gives way to others. */
export const givingWay = <Port extends object>(port: Port, turn: () => Promise<unknown>): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        await turn();
        return method.apply(target, args);
      };
    },
  });
