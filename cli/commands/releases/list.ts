import { type App, getApp } from '#contracts/apps.ts';
import type { Promotion } from '#contracts/promotions.ts';
import { listReleases, type Release } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';
import { parseCount } from '../../parse-count.ts';
import { promotionsUnderWay } from '../../promotion/promotions-under-way.ts';
import { table } from '../../ui/table.ts';
import { ago } from '../../ui/time.ts';

const header = ['ID', 'STATUS', 'BUILD', 'CREATED', 'DESCRIPTION'];

export const list: Action = async (context, { options }) => {
  const { call, out, app, host } = context;
  const limit = parseCount('--limit', options.limit);
  const [found, releases] = await Promise.all([
    call(getApp, { name: app() }),
    call(listReleases, { app: app(), ...(limit !== undefined && { limit }) }),
  ]);
  const underWay = await promotionsUnderWay(context, found);
  const withStatus = releases.map((it) => ({ ...it, status: statusOf(it, found, underWay) }));
  const rows = withStatus.map(({ id, status, build, created, description }) => [
    id,
    status,
    build,
    ago(created, host.clock.now()),
    description,
  ]);
  out.result(withStatus, table(header, rows));
};

/** A release that is active and promoted again is both. */
const statusOf = (
  { id, pinned, expired }: Release,
  app: App,
  underWay: readonly Promotion[]
): string => {
  const promotion = underWay.find((it) => it.release === id);
  return [
    app.release === id && 'active',
    promotion && wordFor(promotion),
    pinned && 'pinned',
    expired && 'expired',
  ]
    .filter(Boolean)
    .join(', ');
};

const wordFor = ({ status }: Promotion): string => (status === 'running' ? 'promoting' : status);
