import type { CommandSpec } from '../command.ts';
import * as option from '../options.ts';

const server = 'host of the registry, as image names begin: ghcr.io';

const add: CommandSpec = {
  name: 'add',
  summary: 'add a registry, or change its login',
  description:
    'Gives the rack a login for a registry, for base images of builds and for images of services. The ' +
    'password is asked for, or read from standard input. Nobody can read it again. Docker Hub is docker.io.',
  example: 'rackless registries add ghcr.io ada --password-stdin < token.txt',
  args: [
    ['<server>', server],
    ['<username>', 'user name of the login'],
    ['[password]', 'for scripts written for Convox: other users of this machine can see it'],
  ],
  options: [option.passwordStdin],
  action: async () => (await import('./registries/add.ts')).add,
};

const remove: CommandSpec = {
  name: 'remove',
  summary: 'remove a registry',
  description: 'Forgets the login for a registry. Processes that run go on running.',
  example: 'rackless registries remove ghcr.io',
  args: [['<server>', server]],
  action: async () => (await import('./registries/remove.ts')).remove,
};

const test: CommandSpec = {
  name: 'test',
  summary: 'try a registry from where the rack is',
  description:
    "Pushes a tiny artifact to the rack's own registry and pulls it back, with a credential like those for " +
    'builds, and says what is wrong. For a registry that was added, tries its login; with --repository, ' +
    'pushes and pulls there, too.',
  example: 'rackless registries test ghcr.io --repository acme/scratch',
  args: [['[server]', 'a registry that was added']],
  options: [option.repository],
  action: async () => (await import('./registries/test.ts')).test,
};

export const registries: CommandSpec = {
  name: 'registries',
  summary: 'list registries, add, remove and test them',
  description:
    'Lists the registries that the rack has a login for, beside its own registry. Passwords are never shown.',
  example: 'rackless registries',
  action: async () => (await import('./registries/list.ts')).list,
  commands: [add, remove, test],
};
