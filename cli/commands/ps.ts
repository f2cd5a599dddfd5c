import type { CommandSpec } from '../command.ts';
import { app, processesOf, service } from '../options.ts';

const id = ['<process>', 'id of the process'] as const;

const show: CommandSpec = {
  name: 'info',
  summary: 'show a process',
  description: 'Shows one process of an app.',
  example: 'rackless ps info web-745f845dc-rzl2q --app example-app',
  args: [id],
  options: [app],
  action: async () => (await import('./ps/info.ts')).info,
};

const stop: CommandSpec = {
  name: 'stop',
  summary: 'stop a process',
  description: 'Stops one process of an app. The service starts another one in its place.',
  example: 'rackless ps stop web-745f845dc-rzl2q --app example-app',
  args: [id],
  options: [app],
  action: async () => (await import('./ps/stop.ts')).stop,
};

export const ps: CommandSpec = {
  name: 'ps',
  summary: 'list and stop processes',
  description: 'Lists the processes of an app.',
  example: 'rackless ps --app example-app --service web',
  options: [app, processesOf, service],
  action: async () => (await import('./ps/list.ts')).list,
  commands: [show, stop],
};
