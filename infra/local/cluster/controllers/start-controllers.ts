import type { MemoryStore } from '../memory-store.ts';
import { ensureBuiltIns } from './built-ins.ts';
import { runController } from './controller.ts';
import { deploymentController } from './deployment/deployment.ts';
import { endpointsController } from './endpoints.ts';
import { runEventExpiry } from './event-expiry.ts';
import { runGarbageCollector } from './garbage-collector.ts';
import { jobController } from './job/job.ts';
import { runNamespaces } from './namespaces.ts';
import { replicaSetController } from './replica-set.ts';
import { scheduler } from './scheduler.ts';

const controllers = [
  deploymentController,
  replicaSetController,
  jobController,
  scheduler,
  endpointsController,
];

/** Starts everything that acts on objects by itself; the returned function stops it. */
export const startControllers = (store: MemoryStore): (() => void) => {
  const stops = [
    ensureBuiltIns(store),
    runGarbageCollector(store),
    runNamespaces(store),
    runEventExpiry(store),
    ...controllers.map((controller) => runController(store, controller)),
  ];
  return () => {
    for (const stop of stops) {
      stop();
    }
  };
};
