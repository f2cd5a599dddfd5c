import { type Build, getBuild } from '#contracts/builds.ts';
import type { Action } from '../../command.ts';
import { info as infoBlock } from '../../ui/table.ts';
import { ago, elapsed, timestamp } from '../../ui/time.ts';

export const info: Action = async ({ call, out, app, host }, { args: [id = ''] }) => {
  const build = await call(getBuild, { app: app(), id });
  out.result(
    build,
    infoBlock([
      ['Id', build.id],
      ['Status', build.status],
      ['Release', build.release],
      ['Description', build.description],
      ['Started', ago(build.started, host.clock.now())],
      ['Elapsed', elapsed(build.started, build.ended)],
      ...(build['git-sha'] ? ([['Commit', commit(build)]] as const) : []),
      ...(build.origin ? ([['Imported', importedFrom(build.origin)]] as const) : []),
      ...(build.provenance ? provenanceRows(build.provenance, build.origin) : []),
      ...(build.expired ? ([['Expired', timestamp(build.expired)]] as const) : []),
      ...(build.reason ? ([['Reason', build.reason]] as const) : []),
    ])
  );
};

type Provenance = NonNullable<Build['provenance']>;
type Origin = NonNullable<Build['origin']>;

const commit = ({ 'git-sha': sha, 'git-dirty': dirty }: Build): string =>
  dirty ? `${sha}, with changes that are in no commit` : sha;

const importedFrom = ({ rack, app, build }: Origin): string =>
  build
    ? `build ${build} of app ${app}${rack && ` on rack ${rack}`}, by what its archive says`
    : 'an archive that does not name its build';

const provenanceRows = (
  provenance: Provenance,
  origin: Origin | undefined
): readonly [string, string][] => [
  ['Builder', provenance.builder],
  ...provenance.bases.map(({ image, digest }): [string, string] => ['Base', nameOf(image, digest)]),
  ['SBOM', provenance.sbom ? 'attached to the images' : 'none'],
  ...(provenance.claimed ? [claimedBy(origin)] : []),
];

const claimedBy = (origin: Origin | undefined): [string, string] => [
  'Said by',
  `${origin ? 'the archive' : 'the client that built it'}; unchecked`,
];

/** BuildKit names an image that a Dockerfile pins with its digest. */
const nameOf = (image: string, digest: string): string =>
  image.endsWith(digest) ? image : `${image}@${digest}`;
