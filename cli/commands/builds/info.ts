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
      ...(build.provenance ? provenanceRows(build.provenance) : []),
      ...(build.expired ? ([['Expired', timestamp(build.expired)]] as const) : []),
      ...(build.reason ? ([['Reason', build.reason]] as const) : []),
    ])
  );
};

type Provenance = NonNullable<Build['provenance']>;

const commit = ({ 'git-sha': sha, 'git-dirty': dirty }: Build): string =>
  dirty ? `${sha}, with changes that are in no commit` : sha;

const provenanceRows = (provenance: Provenance): readonly [string, string][] => [
  ['Builder', provenance.builder],
  ...provenance.bases.map(({ image, digest }): [string, string] => ['Base', nameOf(image, digest)]),
  ['SBOM', provenance.sbom ? 'attached to the images' : 'none'],
  ...(provenance.claimed ? [claimedRow] : []),
];

const claimedRow: [string, string] = ['Said by', 'the client that built it; unchecked'];

/** BuildKit names an image that a Dockerfile pins with its digest. */
const nameOf = (image: string, digest: string): string =>
  image.endsWith(digest) ? image : `${image}@${digest}`;
