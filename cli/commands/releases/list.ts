import { getApp } from '#contracts/apps.ts';
import { listReleases } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';
import { parseCount } from '../../parse-count.ts';
import { table } from '../../ui/table.ts';
import { ago } from '../../ui/time.ts';

const header = ['ID', 'STATUS', 'BUILD', 'CREATED', 'DESCRIPTION'];

export const list: Action = async ({ call, out, app, host }, { options }) => {
  const limit = parseCount('--limit', options.limit);
  const [{ release: active }, releases] = await Promise.all([
    call(getApp, { name: app() }),
    call(listReleases, { app: app(), ...(limit !== undefined && { limit }) }),
  ]);
  const withStatus = releases.map((it) => ({ ...it, status: it.id === active ? 'active' : '' }));
  const rows = withStatus.map(({ id, status, build, created, description }) => [
    id,
    status,
    build,
    ago(created, host.clock.now()),
    description,
  ]);
  out.result(withStatus, table(header, rows));
};
