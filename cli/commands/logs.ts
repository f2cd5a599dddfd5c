import type { CommandSpec } from '../command.ts';
import { app, filter, noFollow, previous, service, since, tail } from '../options.ts';

export const logs: CommandSpec = {
  name: 'logs',
  summary: 'follow the logs of an app',
  description: 'Prints what the processes of an app print, from two minutes ago on, until Ctrl-C.',
  example: 'rackless logs --app example-app --service web --since 10m',
  options: [app, filter, since, tail, noFollow, service, previous],
  streams: true,
  action: async () => (await import('./logs/follow.ts')).follow,
};
