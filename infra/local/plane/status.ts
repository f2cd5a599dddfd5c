import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { homeAt } from './home.ts';
import { readJsonFile } from './json-file.ts';
import { lastLines } from './log-tail.ts';
import { logOf, type PartName, type PartState, type PartStatus, readParts } from './part.ts';
import { readSettings } from './settings.ts';
import type { Plane } from './up.ts';

export interface PartReport {
  readonly name: PartName;
  readonly state: PartState;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly log: string | undefined;
  /** Of a crashed part: where to look first. */
  readonly lastLines: readonly string[];
}

export interface Report {
  /** True only when every part that belongs to this plane runs. */
  readonly running: boolean;
  readonly parts: readonly PartReport[];
  readonly plane: Plane | undefined;
}

/** What runs and what does not. Reads files and the process table only. */
export const status = (home?: string): Report => {
  const place = homeAt(home);
  const { kubeconfig, address } = readSettings(place) ?? {};
  const absent = [kubeconfig ? 'cluster' : '', address ? '' : 'relay'];
  const parts = readParts(place)
    .filter(({ name }) => !absent.includes(name))
    .map((part) => reportOf(part, logOf(place, part.name)));
  return {
    running: parts.every(({ state }) => state === 'running'),
    parts,
    plane: readJsonFile<Plane>(place.address),
  };
};

const reportOf = ({ name, state, record }: PartStatus, log: string): PartReport => ({
  name,
  state,
  pid: state === 'running' ? record?.pid : undefined,
  port: state === 'running' ? record?.port : undefined,
  log: existsSync(log) ? log : undefined,
  lastLines: state === 'crashed' ? lastLines(log) : [],
});

/** For people: one line for each part, and the end of the log of what crashed. */
export const reportLines = ({ parts, plane }: Report): readonly string[] => {
  const rack = plane && parts.some(({ state }) => state === 'running') ? plane : undefined;
  return [
    ...parts.flatMap(partLines),
    ...(rack ? [`rack      ${new URL(rack.rackUrl).origin}`, `kubeconfig ${rack.kubeconfig}`] : []),
  ];
};

export const partLines = ({
  name,
  state,
  pid,
  port,
  log,
  lastLines,
}: PartReport): readonly string[] => {
  const where = state === 'running' ? `pid ${pid}  port ${port}  ` : '';
  const first = `${name.padEnd(9)} ${state.padEnd(8)} ${where}${log ? `log ${log}` : ''}`.trimEnd();
  return [first, ...lastLines.map((line) => `    ${line}`)];
};

/** The end of every log there is, each under its path. */
export const logLines = (home?: string): readonly string[] => {
  const { logs } = homeAt(home);
  const files = existsSync(logs) ? readdirSync(logs).filter((name) => name.endsWith('.log')) : [];
  return files.flatMap((name) => [
    join(logs, name),
    ...lastLines(join(logs, name), 20).map((line) => `    ${line}`),
  ]);
};
