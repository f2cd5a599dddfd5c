import { stopProcess } from '#contracts/processes.ts';
import type { Action } from '../../command.ts';

export const stop: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  out.step(`Stopping ${id}`);
  await call(stopProcess, { app: app(), id });
  out.done();
  out.result({ id, status: 'stopped' });
};
