import { type Evidence, getEvidence } from '#contracts/promotions.ts';
import type { Action } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { latestPromotion } from '../../promotion/latest-promotion.ts';
import { info } from '../../ui/table.ts';
import { timestamp } from '../../ui/time.ts';

export const evidence: Action = async (context, { args: [release = ''], options }) => {
  const { call, out, app } = context;
  const { id } = await latestPromotion(context, release);
  const all = await call(getEvidence, { app: app(), id });
  const found = options.process ? { ...all, processes: only(all, options.process) } : all;
  out.result(found, text(found));
};

/** By name, by the beginning of one, or by service. */
const only = ({ processes }: Evidence, wanted: string): Evidence['processes'] => {
  const found = processes.filter((it) => it.process.startsWith(wanted) || it.service === wanted);
  if (found.length > 0) return found;
  throw new CliError('ProcessNotFound', `no process ${wanted} in the evidence`, {
    hint: `there are: ${processes.map((it) => it.process).join(', ') || 'none'}`,
  });
};

/** The cause first, then the processes, then what stood around them. */
const text = (found: Evidence): string =>
  [
    summary(found),
    ...found.processes.map(process),
    ...section('Nodes', found.nodes),
    ...section('Image pulls', found.pulls),
    ...section('Changes', found.changes),
    ...section('Events', found.events),
    ...section('Could not be had', found.missing),
  ].join('\n');

const summary = ({ promotion, release, at, reason, cause }: Evidence): string =>
  info([
    ['Cause', cause],
    ['Reason', reason],
    ['Release', release],
    ['Promotion', promotion],
    ['Time', timestamp(at)],
  ]);

type EvidenceProcess = Evidence['processes'][number];

const process = (seen: EvidenceProcess): string =>
  [
    `\n${seen.service} ${seen.process}${seen.node && ` on ${seen.node}`}`,
    `  ${seen.status}, restarts: ${seen.restarts}${seen.detail ? `, ${seen.detail}` : ''}`,
    ...log('Logs', seen.logs),
    ...log('Logs before the last restart', seen.previousLogs),
  ].join('\n');

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? [`\n${title}:`, ...lines.map((line) => `  ${line}`)] : [];

const log = (title: string, written: string): string[] =>
  written.trim()
    ? [
        `  ${title}:`,
        ...written
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
      ]
    : [];
