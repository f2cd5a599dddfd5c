import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every 50 ms. False when `milliseconds` have passed without a yes. */
export const waitUntil = async (
  condition: () => boolean | Promise<boolean>,
  milliseconds: number
): Promise<boolean> => {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await sleep(50);
  }
};
