import type { CommandSpec } from '../command.ts';
import * as option from '../options.ts';

const folder = ['[dir]', 'folder of the app (default: this one)'] as const;
const buildOptions = [
  option.app,
  option.buildArgs,
  option.description,
  option.development,
  option.manifest,
  option.noCache,
  option.external,
  option.builder,
  option.platform,
  option.id,
  option.wait,
];

export const build: CommandSpec = {
  name: 'build',
  summary: 'build a release from a folder',
  description:
    'Packs a folder, builds its images in the rack and makes a release, without promoting it. Files ' +
    'that .dockerignore names stay out. With --external, the images are built on this machine and pushed ' +
    'straight to the registry, with a credential for this one repository that lives for minutes.',
  example: 'rackless build --app example-app --description "first try"',
  args: [folder],
  options: buildOptions,
  streams: true,
  action: async () => (await import('./builds/build.ts')).build,
};

export const deploy: CommandSpec = {
  name: 'deploy',
  summary: 'build a folder and promote the release',
  description:
    'Builds a release from a folder and rolls it out. If it does not become healthy, the rack puts the ' +
    'last active release back. Ctrl-C leaves the rollout running. With --build, nothing is built: the latest ' +
    'release goes out if it is one of that build, or else a new one of that build with the latest environment.',
  example: 'rackless deploy --app example-app',
  args: [folder],
  options: [...buildOptions, option.build, ...option.promoting],
  streams: true,
  action: async () => (await import('./builds/deploy.ts')).deploy,
};

const id = ['<build>', 'id of the build'] as const;

const show: CommandSpec = {
  name: 'info',
  summary: 'show a build',
  description: 'Shows a build and the release it made.',
  example: 'rackless builds info BABCDEFGHIJ --app example-app',
  args: [id],
  options: [option.app],
  action: async () => (await import('./builds/info.ts')).info,
};

const logs: CommandSpec = {
  name: 'logs',
  summary: 'print the log of a build',
  description: 'Prints what a build has printed.',
  example: 'rackless builds logs BABCDEFGHIJ --app example-app',
  args: [id],
  options: [option.app],
  action: async () => (await import('./builds/logs.ts')).logs,
};

const cancel: CommandSpec = {
  name: 'cancel',
  summary: 'stop a build',
  description:
    'Ends a build that has not ended yet, in the rack or on the machine of whoever began it: it makes no ' +
    'release, and its push credentials are taken back.',
  example: 'rackless builds cancel BABCDEFGHIJ --app example-app',
  args: [id],
  options: [option.app],
  action: async () => (await import('./builds/cancel.ts')).cancel,
};

const exported: CommandSpec = {
  name: 'export',
  summary: 'save a build with its images',
  description:
    'Writes a build into one archive: its images as an OCI image layout, which other tools read as well, ' +
    'and what the rack knows of the build. Values of the environment are not in it. The archive goes to ' +
    'stdout or into a file.',
  example: 'rackless builds export BABCDEFGHIJ --file build.tgz --app example-app',
  args: [id],
  options: [option.app, option.archiveToWrite],
  content: true,
  action: async () => (await import('./builds/export.ts')).exportBuild,
};

const imported: CommandSpec = {
  name: 'import',
  summary: 'make a release of a saved build',
  description:
    'Makes a build and its release of an archive that `builds export` has written, in this rack or another ' +
    'one, without promoting it. The archive comes from stdin or out of a file. Archives of Convox work, too.',
  example: 'rackless builds import --file build.tgz --app example-app',
  options: [option.app, option.archiveToRead, option.id],
  streams: true,
  action: async () => (await import('./builds/import.ts')).importBuild,
};

const importImage: CommandSpec = {
  name: 'import-image',
  summary: 'make a build of an image that is there',
  description:
    "Copies an image into the app's repository, for all services of the manifest that name no image of " +
    'their own, and makes a release without promoting it. The login is for this once; without one, those of ' +
    '`rackless registries` count.',
  example: 'rackless builds import-image ghcr.io/acme/shop:1.4 --app example-app',
  args: [['<image>', 'name of the image, with the host of its registry']],
  options: [
    option.app,
    option.manifestFile,
    option.srcCredsUser,
    option.srcCredsPassEnv,
    option.srcCredsPassStdin,
    option.srcCredsPass,
    option.id,
  ],
  streams: true,
  action: async () => (await import('./builds/import-image.ts')).importImage,
};

export const builds: CommandSpec = {
  name: 'builds',
  summary: 'list builds and read their logs',
  description: 'Lists the builds of an app, the newest first.',
  example: 'rackless builds --app example-app',
  options: [option.app, option.limit],
  action: async () => (await import('./builds/list.ts')).list,
  commands: [show, logs, cancel, exported, imported, importImage],
};
