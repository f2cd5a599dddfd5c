import { CliError, UsageError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import { type Builder, type BuilderName, builders } from './builder.ts';

const names = Object.keys(builders) as readonly BuilderName[];

const isBuilder = (name: string): name is BuilderName =>
  (names as readonly string[]).includes(name);

export interface FoundBuilder {
  readonly builder: Builder;
  /** What it says of itself: `20.10.24`. */
  readonly version: string;
}

/** The builder that was asked for, or the first that works here. @throws CliError saying what is missing. */
export const findBuilder = async (
  { capture }: Pick<Host, 'capture'>,
  wanted: string | undefined
): Promise<FoundBuilder> => {
  if (wanted !== undefined && !isBuilder(wanted)) {
    throw new UsageError(`--builder: no such builder: ${wanted}`, {
      hint: `there are ${names.join(', ')}`,
    });
  }
  const candidates = wanted === undefined ? names : [wanted];
  const states = await Promise.all(candidates.map((name) => stateOf(capture, name)));
  const ready = states.find((it) => it.version);
  if (ready) return { builder: builders[ready.name], version: ready.version };
  if (states.some((it) => it.isInstalled)) {
    throw new CliError('BuilderStopped', 'docker is installed, but its engine does not answer', {
      hint: 'start it (`docker info` says what is wrong), or build in the rack: leave out --external',
    });
  }
  throw new CliError('NoBuilder', `no builder found: ${candidates.join(', ')}`, {
    hint: 'install one of them, or build in the rack: leave out --external',
  });
};

interface State {
  readonly name: BuilderName;
  readonly isInstalled: boolean;
  /** Empty for one that does not work. */
  readonly version: string;
}

/** Docker's engine is what builds; its client may be another one. */
const stateOf = async (capture: Host['capture'], name: BuilderName): Promise<State> => {
  const own = await capture(name, ['--version']);
  const engine =
    own !== undefined && name === 'docker'
      ? await capture(name, ['version', '--format', '{{.Server.Version}}'])
      : own;
  return { name, isInstalled: own !== undefined, version: versionIn(engine ?? '') };
};

const versionIn = (answer: string): string => /\b\d+\.[\w.+~-]+/.exec(answer)?.[0] ?? answer;
