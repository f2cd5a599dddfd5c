import { getRelease } from '#contracts/releases.ts';
import type { Action } from '../../command.ts';
import { CliError } from '../../errors.ts';

export const manifest: Action = async ({ call, out, app }, { args: [id = ''] }) => {
  const release = await call(getRelease, { app: app(), id });
  if (!release.build) throw new CliError('NoBuild', `no build for release: ${id}`);
  if (release.expired) {
    throw new CliError('Expired', `release has expired: ${id}`, {
      hint: 'its manifest went with it: see the releases that are kept: rackless releases',
    });
  }
  out.result({ release: id, manifest: release.manifest }, release.manifest.trimEnd());
};
