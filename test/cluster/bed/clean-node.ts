import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readProcesses } from '#infra/local/cluster/node/host/process-table.ts';
import { killQuietly } from '#infra/local/plane/process-identity.ts';
import { waitUntil } from '#infra/local/plane/wait-until.ts';
import { letGo } from './keep-at-home.ts';
import type { Place } from './place.ts';
import { runProgram } from './run-program.ts';
import { networkName } from './settings-files.ts';

const cgroups = '/sys/fs/cgroup';
const cniResults = '/var/lib/cni/results';

/** The folder of our pods in every cgroup hierarchy; with cgroup v2 there is one. */
export const cgroupFolders = ({ cgroup }: Place): readonly string[] =>
  existsSync(join(cgroups, 'cgroup.controllers'))
    ? [join(cgroups, cgroup)]
    : readdirSync(cgroups)
        .filter((name) => statSync(join(cgroups, name)).isDirectory())
        .map((name) => join(cgroups, name, cgroup));

/** Takes away what containers leave on a machine: processes, mounts, cgroups, rules, links. */
export const cleanNode = async (place: Place): Promise<void> => {
  await waitUntil(() => killContainers(place) === 0, 10_000);
  unmount(place);
  for (const folder of cgroupFolders(place)) removeCgroup(folder);
  if (existsSync(place.binary)) {
    runProgram(place.binary, ['kube-proxy', '--cleanup'], { mayFail: true });
  }
  letGo();
  removeCniResults();
  rmSync(place.run, { recursive: true, force: true });
};

/** Shims know their containerd by its socket, containers stand in our cgroups. */
const killContainers = (place: Place): number => {
  const shims = readProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => commandOf(pid).includes(`${place.run}/containerd.sock`));
  const inside = cgroupFolders(place).flatMap(processesBelow);
  const pids = [...new Set([...shims, ...inside])];
  for (const pid of pids) killQuietly(pid, 'SIGKILL');
  return pids.length;
};

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended while we looked.
    return '';
  }
};

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));

const processesBelow = (folder: string): readonly number[] => {
  if (!existsSync(folder)) return [];
  const own = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
  return [...own.map(Number), ...foldersIn(folder).flatMap(processesBelow)];
};

const removeCgroup = (folder: string): void => {
  if (!existsSync(folder)) return;
  for (const child of foldersIn(folder)) removeCgroup(child);
  rmdirSync(folder);
};

const unmount = ({ root, run }: Place): void => {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((point) => point.startsWith(`${root}/`) || point.startsWith(`${run}/`));
  for (const point of points.reverse()) runProgram('umount', ['-l', point], { mayFail: true });
};

/** Our containerd keeps what the network plugins said where every containerd does. */
const removeCniResults = (): void => {
  if (!existsSync(cniResults)) return;
  const ours = readdirSync(cniResults).filter((name) => name.startsWith(`${networkName}-`));
  for (const name of ours) rmSync(join(cniResults, name), { force: true });
};
