import { listRegistries } from '#contracts/registries.ts';
import type { Action } from '../../command.ts';
import { table } from '../../ui/table.ts';

export const list: Action = async ({ call, out }) => {
  const registries = await call(listRegistries, {});
  const rows = registries.map(({ server, username }) => [server, username]);
  out.result(
    registries.map(({ server, username }) => ({ server, username })),
    table(['SERVER', 'USERNAME'], rows)
  );
};
