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
  if (options.external) {
    const { buildExternal } = await import('./external/build-external.ts');
    return buildExternal(context, folder, options);
  }
  for (const name of ['builder', 'platform'] as const) {
    if (options[name] === undefined) continue;
    throw new UsageError(`--${name} is for builds on this machine`, { hint: 'add --external' });
  }
  const { buildSource } = await import('./build-source.ts');
  return buildSource(context, folder, options);
};
