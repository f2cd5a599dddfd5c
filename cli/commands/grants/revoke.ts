import { revokeGrant } from '#contracts/grants.ts';
import type { Action } from '../../command.ts';
import { staticNote } from '../../grants/static-note.ts';

export const revoke: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  out.step(`Revoking ${id}`);
  const grant = await call(revokeGrant, { app: app(), id });
  out.done();
  out.result(grant);
  if (grant.static) out.note(staticNote);
};
