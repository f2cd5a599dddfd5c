import { unpinRelease } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';

export const unpin: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  out.step(`Unpinning ${id}`);
  const release = await call(unpinRelease, { app: app(), id });
  out.done();
  out.result(release);
};
