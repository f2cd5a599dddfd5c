import { getBuildLogs } from '#contracts/builds.ts';
import type { Action } from '../../command.ts';

export const logs: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  const text = await call(getBuildLogs, { app: app(), id });
  out.result({ build: id, logs: text }, text.trimEnd());
};
