import type { MemoryStore } from '../memory-store.ts';

/** As long as the API server keeps events. */
const keptMs = 3_600_000;
const sweepMs = 60_000;

const expire = (store: MemoryStore): void => {
  const oldest = Date.now() - keptMs;
  for (const { metadata, ...event } of store.list('events')) {
    const last = event['lastTimestamp'] ?? event['eventTime'] ?? metadata?.creationTimestamp;
    if (Date.parse(String(last)) < oldest) {
      store.remove('events', metadata?.namespace, metadata?.name ?? '');
    }
  }
};

/** Removes events after an hour; the returned function stops it. */
export const runEventExpiry = (store: MemoryStore): (() => void) => {
  const timer = setInterval(() => expire(store), sweepMs);
  timer.unref();
  return () => clearInterval(timer);
};
