import { runProgram } from './run-program.ts';
import { podRange, serviceRange } from './settings-files.ts';

/** A bridge without ports: what is sent there goes nowhere. */
const nowhere = 'rackless0-end';

/**
 * Keeps requests to addresses of the cluster on this machine, also while nothing answers there: without
 * a rule of kube-proxy or a pod, they would leave by the default route.
 */
export const keepAtHome = (): void => {
  runProgram('ip', ['link', 'add', nowhere, 'type', 'bridge']);
  runProgram('ip', ['link', 'set', nowhere, 'up']);
  // kube-proxy rewrites the destination before anything is sent to the bridge.
  runProgram('ip', ['route', 'add', serviceRange, 'dev', nowhere]);
  // The network plugin's own route is better than this one, once it is there.
  runProgram('ip', ['route', 'add', podRange, 'dev', nowhere, 'metric', '4096']);
};

/** The routes go with their link. */
export const letGo = (): void => {
  runProgram('ip', ['link', 'delete', nowhere], { mayFail: true });
};
