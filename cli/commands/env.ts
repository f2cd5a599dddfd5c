import type { CommandSpec } from '../command.ts';
import {
  app,
  basedOn,
  id,
  promote,
  promoting,
  release,
  replace,
  reveal,
  wait,
} from '../options.ts';

const changing = [app, promote, ...promoting, basedOn, id, wait];

const get: CommandSpec = {
  name: 'get',
  summary: 'print one variable',
  description: 'Prints the value of one environment variable.',
  example: 'rackless env get DATABASE_URL --app example-app',
  args: [['<key>', 'name of the variable']],
  options: [app, release],
  action: async () => (await import('./env/get.ts')).get,
};

const set: CommandSpec = {
  name: 'set',
  summary: 'set variables',
  description:
    'Sets environment variables in a new release. `-` reads more KEY=VALUE lines from standard input.',
  example: 'rackless env set COLOR=blue SIZE=2 --app example-app --promote',
  args: [['<key=value...>', 'variables, or - for standard input']],
  options: [...changing, replace],
  streams: 'when promoting',
  action: async () => (await import('./env/set.ts')).set,
};

const unset: CommandSpec = {
  name: 'unset',
  summary: 'remove variables',
  description: 'Removes environment variables in a new release.',
  example: 'rackless env unset COLOR SIZE --app example-app --promote',
  args: [['<key...>', 'names of the variables']],
  options: changing,
  streams: 'when promoting',
  action: async () => (await import('./env/unset.ts')).unset,
};

const edit: CommandSpec = {
  name: 'edit',
  summary: 'edit variables in an editor',
  description: 'Opens the environment in $EDITOR and makes a new release if something has changed.',
  example: 'rackless env edit --app example-app --promote',
  options: changing,
  streams: 'when promoting',
  action: async () => (await import('./env/edit.ts')).edit,
};

export const env: CommandSpec = {
  name: 'env',
  summary: 'read and change the environment',
  description: 'Prints the environment of the latest release.',
  example: 'rackless env --app example-app',
  options: [app, release, reveal],
  action: async () => (await import('./env/list.ts')).list,
  commands: [get, set, unset, edit],
};
