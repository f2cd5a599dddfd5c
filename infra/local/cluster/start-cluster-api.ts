import type { Faults } from './api/faults.ts';
import { startApiServer } from './api/server.ts';
import { startControllers } from './controllers/start-controllers.ts';
import { MemoryStore } from './memory-store.ts';
import type { PodLogs } from './pod-logs.ts';
import { keepState, readState } from './state-folder.ts';

export interface ClusterApiOptions {
  /** 0, the default, for a free one. */
  readonly port?: number;
  /** Where state is kept between runs; without it, it ends with the process. */
  readonly stateDir?: string;
  readonly token: string;
  /** How a pod's log is read. */
  readonly podLogs: PodLogs;
  /** The store to serve, if the caller made one. */
  readonly store?: MemoryStore;
  /** How often a watch that allows bookmarks gets one. */
  readonly bookmarkMs?: number;
}

export interface ClusterApi {
  readonly port: number;
  readonly store: MemoryStore;
  readonly faults: Faults;
  /** Ends watches, stops controllers and writes the state. */
  readonly close: () => Promise<void>;
}

/** A store with the state of an earlier run in `stateDir`, if there is one. */
export const openStore = (stateDir: string | undefined): MemoryStore =>
  new MemoryStore({ snapshot: stateDir === undefined ? undefined : readState(stateDir) });

/** Starts the API server and the controllers of the embedded cluster in this process. */
export const startClusterApi = async (options: ClusterApiOptions): Promise<ClusterApi> => {
  const { port = 0, stateDir, token, podLogs, bookmarkMs = 10_000 } = options;
  const store = options.store ?? openStore(stateDir);
  const stopKeeping = stateDir === undefined ? undefined : keepState(store, stateDir);
  const server = await startApiServer({ store, podLogs, port, token, bookmarkMs });
  const stopControllers = startControllers(store);
  return {
    port: server.port,
    store,
    faults: server.faults,
    close: async () => {
      stopControllers();
      await server.close();
      stopKeeping?.();
    },
  };
};
