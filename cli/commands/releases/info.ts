import { getRelease } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';
import { info as infoBlock } from '../../ui/table.ts';
import { timestamp } from '../../ui/time.ts';

export const info: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  const release = await call(getRelease, { app: app(), id });
  out.result(
    release,
    infoBlock([
      ['Id', release.id],
      ['Build', release.build],
      ['Created', timestamp(release.created)],
      ['Description', release.description],
      ...(release.pinned ? ([['Pinned', 'yes']] as const) : []),
      ...(release.expired ? ([['Expired', timestamp(release.expired)]] as const) : []),
      ['Env', release.env],
    ])
  );
};
