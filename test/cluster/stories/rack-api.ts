import { apiClient, type Call } from '#cli/api-client.ts';
import { parseRackUrl } from '#cli/racks/rack-address.ts';

/** The operations of the rack under test that no command of the CLI does alone. */
export const rackApi = (): Call =>
  apiClient(parseRackUrl(process.env['RACK_URL'] ?? '', 'RACK_URL'), {
    fetch,
    signal: new AbortController().signal,
  });
