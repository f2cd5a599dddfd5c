import type { CommandSpec } from '../command.ts';
import { after, app, evidenceOf, id, limit, promoting, reveal, wait } from '../options.ts';

const release = ['<release>', 'id of the release'] as const;

const show: CommandSpec = {
  name: 'info',
  summary: 'show a release',
  description: 'Shows a release with its environment.',
  example: 'rackless releases info RABCDEFGHIJ --app example-app',
  args: [release],
  options: [app, reveal],
  action: async () => (await import('./releases/info.ts')).info,
};

const manifest: CommandSpec = {
  name: 'manifest',
  summary: 'print the manifest of a release',
  description: 'Prints the convox.yml that a release was built from.',
  example: 'rackless releases manifest RABCDEFGHIJ --app example-app',
  args: [release],
  options: [app],
  action: async () => (await import('./releases/manifest.ts')).manifest,
};

const promote: CommandSpec = {
  name: 'promote',
  summary: 'make a release active',
  description:
    'Rolls a release out (the latest one, if none is given) and follows it to its end. If it does not ' +
    'become healthy, the rack puts the last active release back. Ctrl-C leaves the rollout running. While ' +
    'another promotion runs, --queue waits for its turn; a newer release takes the place of one that ' +
    'waits, whose command then ends with exit code 3.',
  example: 'rackless releases promote RABCDEFGHIJ --app example-app --queue',
  args: [['[release]', 'id of the release']],
  options: [app, ...promoting, wait],
  streams: true,
  action: async () => (await import('./releases/promote.ts')).promote,
};

const rollback: CommandSpec = {
  name: 'rollback',
  summary: 'go back to an old release',
  description: 'Makes a new release from the build and environment of an old one, and promotes it.',
  example: 'rackless releases rollback RABCDEFGHIJ --app example-app',
  args: [release],
  options: [app, ...promoting, id, wait],
  streams: true,
  action: async () => (await import('./releases/rollback.ts')).rollback,
};

const attach: CommandSpec = {
  name: 'attach',
  summary: 'follow the promotion of a release',
  description: 'Shows the latest promotion of a release from its first event on, and follows it.',
  example: 'rackless releases attach RABCDEFGHIJ --app example-app --after 12',
  args: [release],
  options: [app, after],
  streams: true,
  action: async () => (await import('./releases/attach.ts')).attach,
};

const evidence: CommandSpec = {
  name: 'evidence',
  summary: 'show why a release failed',
  description: 'Shows what the rack saw of a release when it failed: processes, logs and events.',
  example: 'rackless releases evidence RABCDEFGHIJ --app example-app',
  args: [release],
  options: [app, evidenceOf],
  action: async () => (await import('./releases/evidence.ts')).evidence,
};

const pin: CommandSpec = {
  name: 'pin',
  summary: 'keep a release for ever',
  description:
    'Keeps a release with its images and environment, however old it gets. Without a pin a release expires ' +
    'when it is neither one of the newest nor one of those that were active last.',
  example: 'rackless releases pin RABCDEFGHIJ --app example-app',
  args: [release],
  options: [app],
  action: async () => (await import('./releases/pin.ts')).pin,
};

const unpin: CommandSpec = {
  name: 'unpin',
  summary: 'let a release expire again',
  description: 'Takes the pin away: the release expires when its time has come.',
  example: 'rackless releases unpin RABCDEFGHIJ --app example-app',
  args: [release],
  options: [app],
  action: async () => (await import('./releases/unpin.ts')).unpin,
};

export const releases: CommandSpec = {
  name: 'releases',
  summary: 'list, promote and roll back releases',
  description: 'Lists the releases of an app, the newest first.',
  example: 'rackless releases --app example-app',
  options: [app, limit],
  action: async () => (await import('./releases/list.ts')).list,
  commands: [show, manifest, promote, rollback, pin, unpin, attach, evidence],
};
