import type { CommandSpec } from '../command.ts';
import { app, count, cpu, memory, wait } from '../options.ts';

const restartOne: CommandSpec = {
  name: 'restart',
  summary: 'restart a service',
  description: 'Replaces all processes of one service, and waits until the new ones run.',
  example: 'rackless services restart web --app example-app',
  args: [['<service>', 'name of the service']],
  options: [app, wait],
  action: async () => (await import('./services/restart.ts')).restartOne,
};

export const services: CommandSpec = {
  name: 'services',
  summary: 'list and restart services',
  description: 'Lists the services of an app and where they answer.',
  example: 'rackless services --app example-app',
  options: [app],
  action: async () => (await import('./services/list.ts')).list,
  commands: [restartOne],
};

export const restart: CommandSpec = {
  name: 'restart',
  summary: 'restart all services',
  description: 'Replaces all processes of an app, one service after the other.',
  example: 'rackless restart --app example-app',
  options: [app, wait],
  action: async () => (await import('./services/restart.ts')).restartAll,
};

export const scale: CommandSpec = {
  name: 'scale',
  summary: 'show or change the size of services',
  description:
    'Lists how many processes each service has and how large they are, or changes that for one ' +
    'service and waits until it is so.',
  example: 'rackless scale web --count 3 --app example-app',
  args: [['[service]', 'name of the service']],
  options: [app, count, cpu, memory, wait],
  action: async () => (await import('./services/scale.ts')).scale,
};
