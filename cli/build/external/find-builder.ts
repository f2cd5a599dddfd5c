import { CliError, UsageError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import { type Builder, type BuilderName, builders } from './builder.ts';

const names = Object.keys(builders) as readonly BuilderName[];

const isBuilder = (name: string): name is BuilderName =>
  (names as readonly string[]).includes(name);

/** The builder that was asked for, or the first that works here. @throws CliError saying what is missing. */
export const findBuilder = async (
  { capture }: Pick<Host, 'capture'>,
  wanted: string | undefined
): Promise<Builder> => {
  if (wanted !== undefined && !isBuilder(wanted)) {
    throw new UsageError(`--builder: no such builder: ${wanted}`, {
      hint: `there are ${names.join(', ')}`,
    });
  }
  const candidates = wanted === undefined ? names : [wanted];
  const states = await Promise.all(candidates.map((name) => stateOf(capture, name)));
  const ready = candidates.find((_, at) => states[at] === 'ready');
  if (ready) return builders[ready];
  if (states.includes('stopped')) {
    throw new CliError('BuilderStopped', 'docker is installed, but its engine does not answer', {
      hint: 'start it (`docker info` says what is wrong), or build in the rack: leave out --external',
    });
  }
  throw new CliError('NoBuilder', `no builder found: ${candidates.join(', ')}`, {
    hint: 'install one of them, or build in the rack: leave out --external',
  });
};

type State = 'ready' | 'stopped' | 'missing';

const stateOf = async (capture: Host['capture'], name: BuilderName): Promise<State> => {
  if ((await capture(name, ['--version'])) === undefined) return 'missing';
  if (name !== 'docker') return 'ready';
  const engine = await capture(name, ['version', '--format', '{{.Server.Version}}']);
  return engine ? 'ready' : 'stopped';
};
