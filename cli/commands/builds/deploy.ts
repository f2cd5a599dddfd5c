import { buildFolder } from '../../build/build-folder.ts';
import type { Action } from '../../command.ts';
import { howToPromote } from '../../promotion/how-to-promote.ts';
import { promoteAndFollow } from '../../promotion/promote-and-follow.ts';

export const deploy: Action = async (context, { args: [folder = '.'], options }) => {
  const how = howToPromote(options);
  const { release } = await buildFolder(context, folder, options);
  await promoteAndFollow(context, release, how);
  context.out.id(release);
};
