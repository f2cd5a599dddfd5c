import { isAbsolute, normalize } from 'node:path/posix';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import type { Built } from './build-source.ts';

/** Builds a folder, in the rack or on this machine; each way is loaded only when it is taken. */
export const buildFolder = async (
  context: Context,
  folder: string,
  options: Options
): Promise<Built> => {
  refuseBareArgs(options);
  if (options.external) {
    const { buildExternal } = await import('./external/build-external.ts');
    return buildExternal(context, folder, options);
  }
  for (const name of ['builder', 'platform'] as const) {
    if (options[name] === undefined) continue;
    throw new UsageError(`--${name} is for builds on this machine`, { hint: 'add --external' });
  }
  refuseOutside(options);
  const { buildSource } = await import('./build-source.ts');
  return buildSource(context, folder, options);
};

/** In Convox's words, before anything is packed. */
const refuseBareArgs = ({ buildArgs = [] }: Options): void => {
  const bare = buildArgs.find((it) => !/^[^=]+=/.test(it));
  if (bare === undefined) return;
  throw new UsageError(`invalid build args:${bare}`, {
    hint: 'name and value: --build-args NAME=VALUE, once for each',
  });
};

/** The rack reads it from what is packed. */
const refuseOutside = ({ manifest = '' }: Options): void => {
  if (!isAbsolute(manifest) && normalize(manifest).split('/')[0] !== '..') return;
  throw new UsageError(`--manifest: not in the folder that is built: ${manifest}`, {
    hint: 'name a file by its path inside the folder, or add --external',
  });
};
