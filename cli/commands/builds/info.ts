import { type Build, getBuild } from '#contracts/builds.ts';
import type { Action } from '../../command.ts';
import { info as infoBlock } from '../../ui/table.ts';
import { ago, elapsed } from '../../ui/time.ts';

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
      ...(build['git-sha'] ? ([['Commit', build['git-sha']]] as const) : []),
      ...(build.provenance ? provenanceRows(build.provenance) : []),
      ...(build.reason ? ([['Reason', build.reason]] as const) : []),
    ])
  );
};

type Provenance = NonNullable<Build['provenance']>;

const provenanceRows = ({ builder, bases, sbom }: Provenance): readonly [string, string][] => [
  ['Builder', builder],
  ...bases.map(({ image, digest }): [string, string] => ['Base', `${image}@${digest}`]),
  ['SBOM', sbom ? 'attached to the images' : 'none'],
];
