import type { ObjectStore } from '../object-store.ts';
import type { Clock } from './clock.ts';
import type { MemoryWatch } from './containers/memory-watch.ts';
import type { FreePorts } from './host/free-ports.ts';
import type { ProcessLedger } from './host/process-ledger.ts';
import type { ImageStore } from './images/image-store.ts';
import type { LogFiles } from './logs/log-files.ts';
import type { OpenRequests } from './network/open-requests.ts';
import type { EventRecorder } from './pods/event-recorder.ts';

/** What everything on the node works with; there is one. */
export interface NodeContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly images: ImageStore;
  readonly logs: LogFiles;
  readonly ledger: ProcessLedger;
  readonly ports: FreePorts;
  readonly memory: MemoryWatch;
  /** Requests that pods are answering. */
  readonly requests: OpenRequests;
  /** Where pods have their folders. */
  readonly podsFolder: string;
  readonly log: (line: string) => void;
}
