import type { CommandSpec } from '../command.ts';
import { token } from '../options.ts';

export const login: CommandSpec = {
  name: 'login',
  summary: 'log in to a rack',
  description:
    'Checks a token and keeps it, readable by you only. The rack becomes the current one. Without ' +
    '--token it is asked for; without a host, RACK_URL gives both.',
  example: 'rackless login rack.example.org --token TOKEN',
  args: [['[host]', 'host of the rack, with or without https:// (default: RACK_URL)']],
  options: [token],
  action: async () => (await import('./racks/login.ts')).login,
};

export const racks: CommandSpec = {
  name: 'racks',
  summary: 'list racks',
  description: 'Lists the racks you are logged in to, and whether they answer.',
  example: 'rackless racks',
  action: async () => (await import('./racks/list.ts')).list,
};

export const rack: CommandSpec = {
  name: 'rack',
  summary: 'show the rack',
  description: 'Shows the rack that commands talk to.',
  example: 'rackless rack',
  action: async () => (await import('./racks/info.ts')).info,
};

export const switchRack: CommandSpec = {
  name: 'switch',
  summary: 'choose the current rack',
  description: 'Makes a rack the current one. Without a name it prints which one that is.',
  example: 'rackless switch production',
  args: [['[name]', 'name of the rack, or a part of it']],
  action: async () => (await import('./racks/switch.ts')).switchTo,
};
