import { runProgram } from './run-program.ts';
import { bridge, podGateway, podRange, serviceRange } from './settings-files.ts';

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
  // As the network plugin would make it for the first pod; what pods need listens there before.
  runProgram('ip', ['link', 'add', bridge, 'type', 'bridge']);
  runProgram('ip', ['address', 'add', `${podGateway}/${podRange.split('/')[1]}`, 'dev', bridge]);
  runProgram('ip', ['link', 'set', bridge, 'up']);
};

/** The routes go with their links. */
export const letGo = (): void => {
  for (const link of [bridge, nowhere])
    runProgram('ip', ['link', 'delete', link], { mayFail: true });
};
