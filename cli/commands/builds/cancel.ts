import { cancelBuild } from '#contracts/builds.ts';
import type { Action } from '../../command.ts';

export const cancel: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  out.step(`Cancelling ${id}`);
  const build = await call(cancelBuild, { app: app(), id });
  out.done();
  out.result(build);
};
