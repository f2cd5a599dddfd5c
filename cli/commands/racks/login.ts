import { authenticate, getSystem } from '#contracts/system.ts';
import { apiClient } from '../../api-client.ts';
import type { Action } from '../../command.ts';
import { ApiError, CliError, UsageError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import { parseRackUrl, rackUrl } from '../../racks/rack-address.ts';
import { settings } from '../../racks/settings.ts';

export const login: Action = async ({ host, out }, { args: [address], options }) => {
  const url = await target(host, address, options.token);
  const rack = parseRackUrl(url, 'host');
  const call = apiClient(rack, host);
  out.step(`Authenticating with ${rack.url.host}`);
  await call(authenticate, {}).catch(refuse);
  const { name } = await call(getSystem, {});
  const saved = settings(host);
  saved.saveRack(name, url);
  saved.saveCurrent(name);
  out.done();
  out.result({ rack: name, host: rack.url.host });
};

const target = async (
  host: Host,
  address: string | undefined,
  token: string | undefined
): Promise<string> => {
  if (address) return rackUrl(address, token ?? (await askToken(host)));
  if (host.env['RACK_URL']) return host.env['RACK_URL'];
  throw new UsageError('1 arg required', { hint: 'usage: rackless login <host> --token TOKEN' });
};

const askToken = async (host: Host): Promise<string> => {
  const known = host.env['CONVOX_PASSWORD'];
  if (known) return known;
  if (!host.interactive) {
    throw new UsageError('no token given', { hint: 'give it with --token' });
  }
  return host.askSecret('Token: ');
};

const refuse = (cause: unknown): never => {
  if (!(cause instanceof ApiError) || cause.status !== 401) throw cause;
  throw new CliError('InvalidLogin', 'invalid login', {
    hint: 'the rack does not know this token; ask an admin of the rack for one',
    cause,
  });
};
