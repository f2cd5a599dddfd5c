import { getSystem } from '#contracts/system.ts';
import { apiClient } from '../../api-client.ts';
import type { Action } from '../../command.ts';
import { ApiError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import { parseRackUrl } from '../../racks/rack-address.ts';
import { settings } from '../../racks/settings.ts';
import { table } from '../../ui/table.ts';

interface Row {
  readonly name: string;
  readonly provider: string;
  readonly status: string;
}

export const list: Action = async ({ host, out }) => {
  const saved = settings(host);
  const known = saved.racks().flatMap((name) => {
    const url = saved.rackUrl(name);
    return url ? [[name, url] as const] : [];
  });
  const rows = await Promise.all(known.map((rack) => look(host, rack)));
  const cells = rows.map(({ name, provider, status }) => [name, provider, status]);
  out.result(rows, table(['NAME', 'PROVIDER', 'STATUS'], cells));
};

const look = async (host: Host, [name, url]: readonly [string, string]): Promise<Row> => {
  try {
    const { provider, status } = await apiClient(parseRackUrl(url, 'address'), host)(getSystem, {});
    return { name, provider, status };
  } catch (error) {
    const refused = error instanceof ApiError && error.status === 401;
    return { name, provider: 'unknown', status: refused ? 'token refused' : 'unreachable' };
  }
};
