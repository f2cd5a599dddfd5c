import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readProcesses } from './process-table.ts';

const listenState = '0A';

/** Port by socket inode, from a table of `/proc/net`. */
const listeners = (table: string): [string, number][] =>
  readFileSync(table, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listenState)
    .map((fields) => [fields[9] ?? '', Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)]);

const socketInodes = (pid: number): string[] => {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder)
      .map((name) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1])
      .filter((inode) => inode !== undefined);
  } catch {
    // The process ended, or closed a file, while we looked.
    return [];
  }
};

const fromProc = (group: number): readonly number[] => {
  const ports = new Map([...listeners('/proc/net/tcp'), ...listeners('/proc/net/tcp6')]);
  return readProcesses()
    .filter((entry) => entry.group === group)
    .flatMap(({ pid }) => socketInodes(pid))
    .map((inode) => ports.get(inode))
    .filter((port) => port !== undefined);
};

/** Reads lines such as `n*:8080` and `n127.0.0.1:8080`. */
const fromLsof = (group: number): readonly number[] => {
  const options = ['-nP', '-a', '-g', `${group}`, '-iTCP', '-sTCP:LISTEN', '-Fn'];
  const { error, stdout } = spawnSync('lsof', options, { encoding: 'utf8' });
  if (error !== undefined) {
    throw error;
  }
  return [...stdout.matchAll(/^n.*:(\d+)$/gm)].map(([, port]) => Number(port));
};

/** The TCP ports on which a process group listens; `undefined` where the system does not tell. */
export const listeningPorts = (group: number): readonly number[] | undefined => {
  try {
    return [...new Set(process.platform === 'linux' ? fromProc(group) : fromLsof(group))];
  } catch {
    // No such tool here: the caller goes without.
    return undefined;
  }
};
