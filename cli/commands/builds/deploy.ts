import { buildFolder } from '../../build/build-folder.ts';
import type { Action } from '../../command.ts';
import { promoteAndFollow } from '../../promotion/promote-and-follow.ts';

export const deploy: Action = async (context, { args: [folder = '.'], options }) => {
  const { release } = await buildFolder(context, folder, options);
  await promoteAndFollow(context, release, options);
  context.out.id(release);
};
