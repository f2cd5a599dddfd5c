import type { CommandSpec } from '../command.ts';

export const version: CommandSpec = {
  name: 'version',
  summary: 'print the versions of client and rack',
  description: 'Prints the version of this client, and of the rack if there is one.',
  example: 'rackless version',
  action: async () => (await import('./version/show.ts')).show,
};
