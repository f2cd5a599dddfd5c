import type { RescueReport } from '#core/rescue/rescue-app.ts';
import { info, table } from '../../ui/table.ts';
import { timestamp } from '../../ui/time.ts';

const wouldBe = { created: 'is missing', changed: 'differs', unchanged: 'as it was' } as const;
const was = { created: 'made again', changed: 'put back', unchanged: 'as it was' } as const;

/** What a rescue found and did, for people. */
export const reportText = (report: RescueReport): string => {
  const words = report.dryRun ? wouldBe : was;
  return [
    info([
      ['App', `${report.rack}/${report.app}`],
      ['Release', `${report.release}, active since ${timestamp(report.kept)}`],
    ]),
    '',
    table(
      ['OBJECT', 'STATE'],
      report.objects.map(({ object, action }) => [object, words[action]])
    ),
    ...leftovers(report),
    ...services(report),
    ...(report.dryRun ? ['', 'Nothing was changed: leave --dry-run out to do it'] : []),
  ].join('\n');
};

const leftovers = ({ leftovers: found, dryRun }: RescueReport): string[] => {
  if (found.length === 0) return [];
  const isRemoved = found.some((it) => it.action === 'removed');
  const title = isRemoved
    ? `Not part of the release, ${dryRun ? 'would be removed' : 'removed'}:`
    : 'Not part of the release (--prune removes it):';
  const line = ({ object, promotion }: (typeof found)[number]): string =>
    `  ${object}${promotion ? `, made by ${promotion}` : ''}`;
  return ['', title, ...found.map(line)];
};

const services = ({ services: found }: RescueReport): string[] =>
  found.length === 0
    ? []
    : [
        '',
        table(
          ['SERVICE', 'READY', 'STATE'],
          found.map(({ service, ready, desired, waiting, note }) => [
            service,
            `${ready}/${desired}`,
            waiting || note || 'healthy',
          ])
        ),
      ];
