import { type Evidence, getEvidence } from '#contracts/promotions.ts';
import type { Action } from '../../command.ts';
import { latestPromotion } from '../../promotion/latest-promotion.ts';
import { info } from '../../ui/table.ts';
import { timestamp } from '../../ui/time.ts';

export const evidence: Action = async (context, { args: [release = ''] }) => {
  const { call, out, app } = context;
  const { id } = await latestPromotion(context, release);
  const found = await call(getEvidence, { app: app(), id });
  out.result(found, [summary(found), ...found.processes.map(process), events(found)].join('\n'));
};

const summary = ({ promotion, release, at, reason, cause }: Evidence): string =>
  info([
    ['Release', release],
    ['Promotion', promotion],
    ['Time', timestamp(at)],
    ['Reason', reason],
    ['Cause', cause],
  ]);

type EvidenceProcess = Evidence['processes'][number];

const process = (seen: EvidenceProcess): string =>
  [
    `\n${seen.service} ${seen.process}`,
    `  ${seen.status}, restarts: ${seen.restarts}${seen.detail ? `, ${seen.detail}` : ''}`,
    ...section('Logs', seen.logs),
    ...section('Logs before the last restart', seen.previousLogs),
  ].join('\n');

const events = (seen: Evidence): string =>
  seen.events.length > 0 ? ['\nEvents:', ...seen.events.map((line) => `  ${line}`)].join('\n') : '';

const section = (title: string, text: string): string[] =>
  text.trim()
    ? [
        `  ${title}:`,
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
      ]
    : [];
