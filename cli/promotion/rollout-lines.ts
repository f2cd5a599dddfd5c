import type { Promotion } from '#contracts/promotions.ts';
import { table } from '../ui/table.ts';

const header = ['  SERVICE', 'READY', 'NEW', 'OLD', 'WAITING FOR'];

/** How far each service of a promotion has come, as lines for the live view. */
export const rolloutLines = (promotion: Promotion): readonly string[] => {
  const { status, services } = promotion;
  if (status === 'queued') return ['', `  ${waitingLine(promotion)}`];
  if (services.length === 0) return [];
  const rows = services.map(({ service, desired, updated, ready, old, waiting }) => [
    `  ${service}`,
    `${ready}/${desired}`,
    String(updated),
    String(old),
    waiting,
  ]);
  return [
    '',
    `  ${title(status)}`,
    ...table(header, rows)
      .split('\n')
      .map((it) => it.trimEnd()),
  ];
};

/** What a promotion in the queue waits for. */
export const waitingLine = ({ behind }: Promotion): string =>
  behind
    ? `Waiting for promotion ${behind.promotion} of release ${behind.release} to end`
    : 'Waiting for its turn';

const titles: Partial<Record<Promotion['status'], string>> = {
  waiting: 'The cluster is out of reach; the promotion waits for it',
  'rolling-back': 'Rolling back',
};

const title = (status: Promotion['status']): string => titles[status] ?? 'Rolling out';
