import { join } from 'node:path';
import { CliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { parseRackUrl, type RackAddress } from './rack-address.ts';
import { readText, type Settings, settings } from './settings.ts';

/** RACK_URL wins; then `--rack`, the environment, the folder's `.rackless/rack`, the current rack. */
export const selectRack = (host: Host, option: string | undefined): RackAddress => {
  const { env } = host;
  if (env['RACK_URL']) return parseRackUrl(env['RACK_URL'], 'RACK_URL');
  const saved = settings(host);
  const wanted = option || env['RACKLESS_RACK'] || env['CONVOX_RACK'] || folderRack(host.cwd);
  const name = wanted ? findRack(saved, wanted) : saved.current();
  const url = name && saved.rackUrl(name);
  if (!url) throw noRack();
  return parseRackUrl(url, `address of the rack ${name}`);
};

/** The rack with this name, else the only one whose name contains it. */
export const findRack = (saved: Settings, wanted: string): string => {
  const names = saved.racks();
  if (names.includes(wanted)) return wanted;
  const [first, ...others] = names.filter((name) => name.includes(wanted));
  if (first && others.length === 0) return first;
  throw first
    ? new CliError('AmbiguousRack', `ambiguous rack name: ${wanted}`, {
        hint: `it may be ${[first, ...others].join(' or ')}`,
      })
    : new CliError('RackNotFound', `could not find rack: ${wanted}`, {
        hint: 'list the racks you are logged in to with `rackless racks`',
      });
};

/** The name of the rack that commands without RACK_URL would use, if any. */
const folderRack = (cwd: string): string | undefined => readText(join(cwd, '.rackless', 'rack'));

export const noRack = (): CliError =>
  new CliError(
    'NoCurrentRack',
    'no current rack, use `rackless racks` to list and `rackless switch <name>` to select',
    { hint: 'or set RACK_URL to http://convox:TOKEN@host:port, or run `rackless login HOST`' }
  );
