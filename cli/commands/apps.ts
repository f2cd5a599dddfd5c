import type { CommandSpec } from '../command.ts';
import { abandon, all, app, forget, generation, timeout, wait } from '../options.ts';

const name = ['[name]', 'name of the app'] as const;

const create: CommandSpec = {
  name: 'create',
  summary: 'create an app',
  description: 'Creates an app and waits until the rack has it running.',
  example: 'rackless apps create example-app',
  args: [name],
  options: [app, generation, timeout, wait],
  action: async () => (await import('./apps/create.ts')).create,
};

const show: CommandSpec = {
  name: 'info',
  summary: 'show an app',
  description: 'Shows the state of an app and which release is active.',
  example: 'rackless apps info example-app',
  args: [name],
  options: [app],
  action: async () => (await import('./apps/info.ts')).info,
};

const remove: CommandSpec = {
  name: 'delete',
  summary: 'delete an app',
  description: 'Deletes an app with its releases and everything it has in the cluster.',
  example: 'rackless apps delete example-app',
  args: [['<name>', 'name of the app']],
  options: [forget, wait],
  action: async () => (await import('./apps/delete.ts')).remove,
};

const cancel: CommandSpec = {
  name: 'cancel',
  summary: 'cancel a promotion',
  description:
    'Stops the promotion under way, and one that waits for it, and waits until the last active release ' +
    'is back. A release that has just become active stays.',
  example: 'rackless apps cancel example-app',
  args: [name],
  options: [app, abandon, wait],
  action: async () => (await import('./apps/cancel.ts')).cancel,
};

const adopt: CommandSpec = {
  name: 'adopt',
  summary: 'bring an app back that the rack has lost',
  description:
    'Makes an app known to the rack again from the copy that the cluster keeps of its active release. ' +
    'Without a name it lists the apps that are in the cluster.',
  example: 'rackless apps adopt example-app',
  args: [['[name]', 'name of the app']],
  options: [all],
  action: async () => (await import('./apps/adopt.ts')).adopt,
};

export const apps: CommandSpec = {
  name: 'apps',
  summary: 'list, create and delete apps',
  description: 'Lists the apps of the rack.',
  example: 'rackless apps',
  action: async () => (await import('./apps/list.ts')).list,
  commands: [create, show, remove, cancel, adopt],
};
