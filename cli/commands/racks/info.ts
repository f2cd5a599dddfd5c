import { getSystem } from '#contracts/system.ts';
import type { Action } from '../../command.ts';
import { info as infoBlock } from '../../ui/table.ts';

export const info: Action = async ({ call, out }) => {
  const system = await call(getSystem, {});
  out.result(
    system,
    infoBlock([
      ['Name', system.name],
      ['Provider', system.provider],
      ...(system.region ? ([['Region', system.region]] as const) : []),
      ['Router', system.domain],
      ['Status', system.status],
      ['Version', system.version],
    ])
  );
};
