import type { Command } from 'commander';
import { type CommandSpec, command } from './command.ts';
import { apps } from './commands/apps.ts';
import { build, builds, deploy } from './commands/builds.ts';
import { completion } from './commands/completion.ts';
import { env } from './commands/env.ts';
import { grants } from './commands/grants.ts';
import { logs } from './commands/logs.ts';
import { ps } from './commands/ps.ts';
import { login, rack, racks, switchRack } from './commands/racks.ts';
import { registries } from './commands/registries.ts';
import { releases } from './commands/releases.ts';
import { rescue } from './commands/rescue.ts';
import { restart, scale, services } from './commands/services.ts';
import { verdict } from './commands/verdict.ts';
import { version } from './commands/version.ts';
import type { Host } from './host.ts';

/** The whole command tree, one line per command. */
const tree: CommandSpec = {
  name: 'rackless',
  summary: 'deploy apps to a rack',
  description: 'Deploys apps to a rack, and looks after them there.',
  example: 'rackless deploy --app example-app',
  commands: [
    apps,
    build,
    builds,
    completion(() => tree),
    deploy,
    env,
    grants,
    login,
    logs,
    ps,
    rack,
    racks,
    registries,
    releases,
    rescue,
    restart,
    scale,
    services,
    switchRack,
    verdict,
    version,
  ],
};

export const program = (host: Host): Command =>
  command(tree, host)
    .version(host.version, '-v, --version', 'print the version of this client')
    .helpCommand('help [command]', 'show how a command is used');
