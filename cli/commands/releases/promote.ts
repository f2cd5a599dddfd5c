import { listReleases } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { howToPromote } from '../../promotion/how-to-promote.ts';
import { promoteAndFollow } from '../../promotion/promote-and-follow.ts';

export const promote: Action = async (context, { args: [id], options }) => {
  const how = howToPromote(options);
  const release = id ?? (await latest(context));
  await promoteAndFollow(context, release, how);
};

const latest = async ({ call, app }: Context): Promise<string> => {
  const [release] = await call(listReleases, { app: app(), limit: 1 });
  if (release) return release.id;
  throw new CliError('NoReleases', 'no releases to promote', {
    hint: `make one with \`rackless build --app ${app()}\``,
  });
};
