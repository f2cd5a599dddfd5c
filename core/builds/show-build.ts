import { isFromArchive } from '../archives/archive-key.ts';
import { objectUrl } from '../objects/object-key.ts';
import type { Build } from './build.ts';

/** A build as the wire shows it, in Convox's fields; `repository` with a credential to push to it. */
export const showBuild = (build: Build, repository = '') => ({
  id: build.id,
  app: build.app,
  description: build.description,
  entrypoint: build.entrypoint,
  'git-sha': build.gitSha,
  ...(build.gitDirty !== undefined && { 'git-dirty': build.gitDirty }),
  logs: build.logs ?? objectUrl(build.app, `builds/${build.id}/log`),
  manifest: build.manifest,
  process: '',
  release: build.release,
  reason: build.reason,
  repository,
  ...(build.provenance && {
    provenance: { ...build.provenance, claimed: build.external || isFromArchive(build) },
  }),
  ...(build.origin && { origin: build.origin }),
  ...(build.expired && { expired: build.expired }),
  status: build.status,
  started: build.started,
  ended: build.ended,
});
