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

/** The TCP ports on which a process group listens; `undefined` where the system does not tell. */
export const listeningPorts = (group: number): readonly number[] | undefined => {
  try {
    const ports = new Map([...listeners('/proc/net/tcp'), ...listeners('/proc/net/tcp6')]);
    const inodes = readProcesses()
      .filter((entry) => entry.group === group)
      .flatMap(({ pid }) => socketInodes(pid));
    return [
      ...new Set(inodes.map((inode) => ports.get(inode)).filter((port) => port !== undefined)),
    ];
  } catch {
    // Not Linux.
    return undefined;
  }
};
