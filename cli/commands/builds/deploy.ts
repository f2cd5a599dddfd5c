import { buildFolder } from '../../build/build-folder.ts';
import type { Action, Request } from '../../command.ts';
import type { Context } from '../../context.ts';
import { howToPromote } from '../../promotion/how-to-promote.ts';
import { promoteAndFollow } from '../../promotion/promote-and-follow.ts';

export const deploy: Action = async (context, request) => {
  const how = howToPromote(request.options);
  const release = await releaseOf(context, request);
  await promoteAndFollow(context, release, how);
  context.out.id(release);
};

const releaseOf = async (context: Context, { args, options }: Request): Promise<string> => {
  if (options.build === undefined) {
    return (await buildFolder(context, args[0] ?? '.', options)).release;
  }
  const { releaseOfBuild } = await import('../../build/release-of-build.ts');
  return releaseOfBuild(context, args, { ...options, build: options.build });
};
