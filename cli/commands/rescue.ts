import type { CommandSpec } from '../command.ts';
import {
  dryRun,
  expectedRelease,
  kubeconfig,
  patience,
  prune,
  rescueAnyway,
  scaleBack,
} from '../options.ts';

export const rescue: CommandSpec = {
  name: 'rescue',
  summary: 'put an app back without the rack',
  description:
    "Puts the active release of an app back from the cluster's own copy, while the rack is out of order. " +
    'Talks to the cluster alone: what is missing is made again, what was changed is put back, and ' +
    'processes that are as they should be are left running.',
  example: 'rackless rescue example-app --kubeconfig ~/.kube/config --rack production --dry-run',
  args: [['<app>', 'name of the app']],
  options: [kubeconfig, expectedRelease, dryRun, prune, scaleBack, patience, rescueAnyway],
  action: async () => (await import('./rescue/rescue.ts')).rescue,
};
