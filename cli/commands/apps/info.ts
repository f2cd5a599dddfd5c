import { getApp } from '#contracts/apps.ts';
import type { Action } from '../../command.ts';
import { info as infoBlock } from '../../ui/table.ts';

export const info: Action = async ({ call, out, app }, { args: [name = app()] }) => {
  const found = await call(getApp, { name });
  out.result(
    found,
    infoBlock([
      ['Name', found.name],
      ['Status', found.status],
      ['Generation', found.generation],
      ['Locked', String(found.locked)],
      ['Release', found.release],
      ...(found.router ? ([['Router', found.router]] as const) : []),
    ])
  );
};
