import { pinRelease } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';

export const pin: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  out.step(`Pinning ${id}`);
  const release = await call(pinRelease, { app: app(), id });
  out.done();
  out.result(release);
};
