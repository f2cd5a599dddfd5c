import { listApps } from '#contracts/apps.ts';
import type { Action } from '../../command.ts';
import { table } from '../../ui/table.ts';

export const list: Action = async ({ call, out }) => {
  const apps = await call(listApps, {});
  const rows = apps.map(({ name, status, release }) => [name, status, release]);
  out.result(apps, table(['APP', 'STATUS', 'RELEASE'], rows));
};
