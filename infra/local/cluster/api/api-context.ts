import type { MemoryStore } from '../memory-store.ts';
import type { PodLogs } from '../pod-logs.ts';
import type { Faults } from './faults.ts';

export interface ApiServerOptions {
  readonly store: MemoryStore;
  readonly podLogs: PodLogs;
  /** 0 for a free one. */
  readonly port: number;
  readonly token: string;
  readonly bookmarkMs: number;
}

/** What the handlers of one server have in common. */
export interface ApiContext extends ApiServerOptions {
  readonly faults: Faults;
  /** One per open watch; aborting it ends the watch. */
  readonly watches: Set<AbortController>;
}
