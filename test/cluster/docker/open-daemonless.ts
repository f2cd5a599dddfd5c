import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../bed/run-program.ts';
import type { Engine } from './engine.ts';
import { ensureInstalled } from './packages.ts';

/**
 * podman or buildah as root on a machine without systemd: with a store of their own, as a person sets
 * them by their own files, whose places are in the environment.
 */
export const openDaemonless = async (
  name: 'podman' | 'buildah',
  registries: readonly string[]
): Promise<Engine> => {
  ensureInstalled(name, name);
  const folder = mkdtempSync(join(tmpdir(), `rackless-${name}-`));
  const files = {
    CONTAINERS_CONF: containersConf,
    CONTAINERS_STORAGE_CONF: storageConf(folder),
    CONTAINERS_REGISTRIES_CONF: registries.map(plainHttp).join('\n'),
  };
  const places = Object.entries(files).map(([variable, text]): [string, string] => {
    const file = join(folder, `${variable.toLowerCase()}.conf`);
    writeFileSync(file, text);
    return [variable, file];
  });
  const env = { ...Object.fromEntries(places), BUILDAH_ISOLATION: 'chroot' };
  return { env, stop: async () => remove(folder) };
};

const containersConf = `[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
netns = "host"
apparmor_profile = "unconfined"
`;

const storageConf = (folder: string): string => `[storage]
driver = "overlay"
graphroot = "${folder}/graph"
runroot = "${folder}/run"
`;

const plainHttp = (host: string): string => `[[registry]]
location = "${host}"
insecure = true
`;

/** Builds that were interrupted leave mounts behind, which a plain removal would trip over. */
const remove = (folder: string): void => {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((place) => place.startsWith(`${folder}/`));
  for (const place of mounts.toReversed()) runProgram('umount', ['--lazy', place]);
  rmSync(folder, { recursive: true, force: true });
};
