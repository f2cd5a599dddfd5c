import { type Clock, systemClock } from '#infra/local/cluster/node/clock.ts';

/** A clock on which `factor` seconds pass in a second, so that back-offs take no time in tests. */
export const fastClock = (factor: number): Clock => {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * factor,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / factor, signal),
  };
};
