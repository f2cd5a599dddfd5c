import { listBuilds } from '#contracts/builds.ts';
import type { Action } from '../../command.ts';
import { parseCount } from '../../parse-count.ts';
import { table } from '../../ui/table.ts';
import { ago, elapsed } from '../../ui/time.ts';

const header = ['ID', 'STATUS', 'RELEASE', 'STARTED', 'ELAPSED', 'DESCRIPTION'];

export const list: Action = async ({ call, out, app, host }, { options }) => {
  const limit = parseCount('--limit', options.limit);
  const builds = await call(listBuilds, { app: app(), ...(limit !== undefined && { limit }) });
  const rows = builds.map(({ id, status, expired, release, started, ended, description }) => [
    id,
    expired ? `${status}, expired` : status,
    release,
    ago(started, host.clock.now()),
    elapsed(started, ended),
    description,
  ]);
  out.result(builds, table(header, rows));
};
