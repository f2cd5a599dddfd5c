import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../object-store.ts';
import type { PodLogs } from '../pod-logs.ts';
import { type Clock, systemClock } from './clock.ts';
import { MemoryWatch } from './containers/memory-watch.ts';
import { FreePorts } from './host/free-ports.ts';
import { ProcessLedger } from './host/process-ledger.ts';
import { ImageStore, type Registries } from './images/image-store.ts';
import { LogFiles } from './logs/log-files.ts';
import { frontRoutes } from './network/front-routes.ts';
import { HttpFront } from './network/http-front.ts';
import { OpenRequests } from './network/open-requests.ts';
import { ServicesProxy } from './network/services-proxy.ts';
import { StablePorts, tryListen } from './network/stable-ports.ts';
import type { NodeContext } from './node-context.ts';
import { EventRecorder } from './pods/event-recorder.ts';
import { PodWorkers } from './pods/pod-workers.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';

export interface NodeAgentOptions {
  readonly store: ObjectStore;
  /** Images, pod folders, logs and the list of running processes live here. */
  readonly stateDir: string;
  /** A port for the HTTP front; otherwise the one of last time, or a free one. */
  readonly frontPort?: number | undefined;
  /** Other addresses for registries, by the host that image names use. */
  readonly registries?: Registries | undefined;
  readonly log: (line: string) => void;
  readonly clock?: Clock | undefined;
}

export interface NodeAgent {
  readonly podLogs: PodLogs;
  readonly frontPort: number;
  /** Ends every process of every pod, within five seconds, and the proxies. */
  close(): Promise<void>;
}

/** Runs the pods of the node `local` as processes of this machine, and leads traffic to them. */
export const startNodeAgent = async (options: NodeAgentOptions): Promise<NodeAgent> => {
  const { log, stateDir, store } = options;
  mkdirSync(stateDir, { recursive: true });
  const node = createContext(options);
  log(`pods run as the user ${userInfo().username} on this machine, without isolation`);
  for (const container of node.ledger.killOrphans()) {
    log(`ended ${container}, which an earlier run had left`);
  }
  sweepLeftovers(store, stateDir);
  const ports = new StablePorts(join(stateDir, 'ports.json'), node.ports);
  const front = new HttpFront(() => frontRoutes(store), node.requests);
  const frontPort = await listenFront(front, ports, options.frontPort);
  const proxy = new ServicesProxy(node, ports);
  const workers = new PodWorkers(node);
  proxy.start();
  workers.start();
  return {
    podLogs: node.logs,
    frontPort,
    close: async () => {
      front.close();
      proxy.close();
      node.images.close();
      await workers.close();
    },
  };
};

const createContext = ({
  store,
  stateDir,
  registries,
  log,
  clock = systemClock,
}: NodeAgentOptions): NodeContext => ({
  store,
  clock,
  log,
  events: new EventRecorder(store, clock),
  images: new ImageStore(join(stateDir, 'images'), registries),
  logs: new LogFiles(join(stateDir, 'logs')),
  ledger: new ProcessLedger(join(stateDir, 'processes')),
  ports: new FreePorts(),
  memory: new MemoryWatch(),
  requests: new OpenRequests(),
  podsFolder: join(stateDir, 'pods'),
});

const listenFront = async (
  front: HttpFront,
  ports: StablePorts,
  wanted: number | undefined
): Promise<number> => {
  if (wanted === undefined) {
    return await ports.listen('front', front.server);
  }
  if (!(await tryListen(front.server, wanted))) {
    throw new Error(`port ${wanted} for the HTTP front is taken; choose another or leave it out`);
  }
  return wanted;
};
