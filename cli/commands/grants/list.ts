import { listGrants } from '#contracts/grants.ts';
import type { Action } from '../../command.ts';
import { staticNote } from '../../grants/static-note.ts';
import { parseCount } from '../../parse-count.ts';
import { table } from '../../ui/table.ts';
import { ago } from '../../ui/time.ts';

const header = ['ID', 'STATUS', 'BUILD', 'ACTOR', 'CREATED', 'EXPIRES', 'REPOSITORY'];

export const list: Action = async ({ call, out, app, host }, { options }) => {
  const limit = parseCount('--limit', options.limit);
  const grants = await call(listGrants, { app: app(), ...(limit !== undefined && { limit }) });
  const rows = grants.map(
    ({ id, status, static: isStatic, build, actor, created, expires, repository }) => [
      id,
      isStatic ? `${status} (static)` : status,
      build,
      actor,
      ago(created, host.clock.now()),
      expires,
      repository,
    ]
  );
  out.result(grants, table(header, rows));
  if (grants.some((it) => it.static)) out.note(staticNote);
};
