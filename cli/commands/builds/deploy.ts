import { buildSource } from '../../build/build-source.ts';
import type { Action } from '../../command.ts';
import { promoteAndFollow } from '../../promotion/promote-and-follow.ts';

export const deploy: Action = async (context, { args: [folder = '.'], options }) => {
  const { release } = await buildSource(context, folder, options);
  await promoteAndFollow(context, release, options);
  context.out.id(release);
};
