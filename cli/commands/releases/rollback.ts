import { rollbackRelease } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';
import { howToPromote } from '../../promotion/how-to-promote.ts';
import { promoteAndFollow } from '../../promotion/promote-and-follow.ts';

export const rollback: Action = async (context, { args: [id = ''], options }) => {
  const { call, out, app } = context;
  const how = howToPromote(options);
  out.step(`Rolling back to ${id}`);
  const release = await call(rollbackRelease, { app: app(), id });
  out.done(release.id);
  await promoteAndFollow(context, release.id, how);
  out.id(release.id);
};
