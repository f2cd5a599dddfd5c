import type { CommandSpec } from '../command.ts';
import * as option from '../options.ts';

const revoke: CommandSpec = {
  name: 'revoke',
  summary: 'take a grant back',
  description: 'Makes a push credential useless at once, before its time is over.',
  example: 'rackless grants revoke GABCDEFGHIJ --app example-app',
  args: [['<grant>', 'id of the grant']],
  options: [option.app],
  action: async () => (await import('./grants/revoke.ts')).revoke,
};

export const grants: CommandSpec = {
  name: 'grants',
  summary: 'list push credentials and take them back',
  description:
    'Lists the push credentials of an app, the newest first: who got one, for which build, until when. ' +
    'Secrets are never shown: the rack does not keep them.',
  example: 'rackless grants --app example-app',
  options: [option.app, option.limit],
  action: async () => (await import('./grants/list.ts')).list,
  commands: [revoke],
};
