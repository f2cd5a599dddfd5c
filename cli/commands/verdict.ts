import type { CommandSpec } from '../command.ts';
import { service, setPolicy } from '../options.ts';

const replay: CommandSpec = {
  name: 'replay',
  summary: 'judge a recorded promotion again',
  description:
    'Judges what the rack saw of a promotion again, under the same policy or a changed one, and shows what ' +
    'would have happened when. The file is what `rackless releases evidence --json` prints; - reads stdin. Keys ' +
    'of --set: stable, progressDeadline, crashRestartLimit, readyWithin. Needs no rack.',
  example: 'rackless verdict replay evidence.json --set crashRestartLimit=3',
  args: [['<file>', 'evidence or recording, as JSON']],
  options: [setPolicy, service],
  action: async () => (await import('./verdict/replay.ts')).replayFile,
};

export const verdict: CommandSpec = {
  name: 'verdict',
  summary: 'replay how a promotion was judged',
  description: 'Looks into how the rack judges a promotion.',
  example: replay.example,
  commands: [replay],
};
