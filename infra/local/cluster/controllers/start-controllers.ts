import type { MemoryStore } from '../memory-store.ts';
import { ensureBuiltIns } from './built-ins.ts';

type Stop = () => void;

/** Starts everything that acts on objects by itself; the returned function stops it. */
export const startControllers = (store: MemoryStore): Stop => {
  const stops: Stop[] = [ensureBuiltIns(store)];
  return () => {
    for (const stop of stops) {
      stop();
    }
  };
};
