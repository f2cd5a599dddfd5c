import {
  type AdoptableApp,
  type Adoption,
  adoptApp,
  listAdoptableApps,
} from '#contracts/adoptions.ts';
import type { Action } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { table } from '../../ui/table.ts';
import { timestamp } from '../../ui/time.ts';

export const adopt: Action = async (context, { args: [name], options }) => {
  if (name && options.all) throw new UsageError('a name and --all do not go together');
  const { call, out } = context;
  if (name) {
    const adoption = await call(adoptApp, { name });
    out.result(adoption, adoptionText(adoption));
    return;
  }
  const found = await call(listAdoptableApps, {});
  if (!options.all) return out.result(found, listText(found));
  const adoptions: Adoption[] = [];
  for (const { app } of found.filter((it) => it.state === 'adoptable')) {
    adoptions.push(await call(adoptApp, { name: app }));
  }
  out.result(adoptions, adoptions.map(adoptionText).join('\n\n') || 'nothing to adopt');
};

const adoptionText = (adoption: Adoption): string => {
  const { app, release, active, adopted, lost, differing } = adoption;
  if (!adopted) return `${app} is known to the rack already, with ${release} active`;
  return [
    `Adopted ${app}: ${release} is active, since ${timestamp(active)}`,
    'Lost, since the cluster keeps no copy:',
    ...lost.map((it) => `  ${it}`),
    ...(differing.length > 0
      ? [
          `Not as ${release} has them: ${differing.join(', ')}`,
          `  put them right with: rackless releases promote ${release} -a ${app}`,
        ]
      : []),
  ].join('\n');
};

const words: Readonly<Record<AdoptableApp['state'], string>> = {
  adoptable: 'can be adopted',
  known: 'known to the rack',
  lost: 'no copy',
};

const listText = (apps: readonly AdoptableApp[]): string =>
  table(
    ['APP', 'STATE', 'RELEASE', 'ACTIVE SINCE'],
    apps.map(({ app, state, release, active }) => [
      app,
      words[state],
      release,
      active && timestamp(active),
    ])
  );
