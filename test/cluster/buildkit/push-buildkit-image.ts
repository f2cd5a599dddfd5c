import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installBusybox } from '../bed/busybox-image.ts';
import { pushImage } from '../bed/push-image.ts';
import { isInstalled, runProgram } from '../bed/run-program.ts';
import { buildPrograms, type Programs } from './build-programs.ts';

const buildkit: Programs = {
  name: 'buildkit',
  module: 'github.com/moby/buildkit',
  version: '0.34.2',
  commands: ['buildctl', 'buildkitd'],
  scripts: ['examples/buildctl-daemonless/buildctl-daemonless.sh'],
};

/** Puts BuildKit into a namespace where a user is root. */
const rootlesskit: Programs = {
  name: 'rootlesskit',
  module: 'github.com/rootless-containers/rootlesskit/v2',
  version: '2.3.6',
  commands: ['rootlesskit'],
  scripts: [],
};

/** The user of a rootless BuildKit, by number as the pods of builds name it, and what it may write to. */
const user = { name: 'user', id: 1000, folders: ['home/user', 'run/user/1000', 'tmp'] } as const;

/** In a registry of the test cluster. */
export const buildkitImage = 'bed/buildkit:1';

/**
 * Puts an image with a real BuildKit, a shell, wget and tar into a registry: what `moby/buildkit` and its
 * `-rootless` variant are on a machine that reaches them. For both modes of the rack's `builderMode`.
 */
export const pushBuildkitImage = (registry: string, progress: (line: string) => void): string => {
  const programs = [buildkit, rootlesskit].map((it) => ({
    ...it,
    folder: buildPrograms(it, progress),
  }));
  const env = [
    'PATH=/usr/bin:/bin',
    // It says to BuildKit that it is not root's.
    `USER=${user.name}`,
    `HOME=/home/${user.name}`,
    `XDG_RUNTIME_DIR=/run/user/${user.id}`,
  ];
  const image = { registry, name: buildkitImage, command: ['sh'], env };
  return pushImage(image, (root) => {
    installBusybox(root);
    for (const { folder, commands, scripts } of programs) {
      for (const path of [...commands, ...scripts]) {
        const name = path.replace(/^.*\//, '');
        install(join(folder, name), join(root, 'usr/bin', name));
      }
    }
    installOfMachine('runc', root);
    installUser(root);
  });
};

/** A program of Debian's, with the libraries that it is linked to. */
const installOfMachine = (name: string, root: string): void => {
  const path = runProgram('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${name}`]).trim();
  install(path, join(root, 'usr/bin', name));
  for (const [, library = ''] of runProgram('ldd', [path]).matchAll(/(\/\S+) \(0x/g)) {
    install(library, join(root, library));
  }
};

/**
 * A user with a range of users under it, and the two programs that may give it that range: by a
 * capability each, since one that becomes root instead lacks in a container what it needs.
 */
const installUser = (root: string): void => {
  installPackages({ newuidmap: 'uidmap', setcap: 'libcap2-bin' });
  for (const kind of ['uid', 'gid']) {
    const program = `new${kind}map`;
    installOfMachine(program, root);
    const path = join(root, 'usr/bin', program);
    runProgram('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" setcap cap_set${kind}+ep ${path}`]);
  }
  const { name, id } = user;
  const etc = (file: string, text: string) => writeFileSync(join(root, 'etc', file), text);
  etc('passwd', `root:x:0:0:root:/:/bin/sh\n${name}:x:${id}:${id}::/home/${name}:/bin/sh\n`);
  etc('group', `root:x:0:\n${name}:x:${id}:\n`);
  for (const file of ['subuid', 'subgid']) etc(file, `${name}:100000:65536\n`);
  for (const folder of user.folders) {
    mkdirSync(join(root, folder), { recursive: true });
    chownSync(join(root, folder), id, id);
  }
};

const installPackages = (packages: Readonly<Record<string, string>>): void => {
  const missing = Object.keys(packages).filter((program) => !isInstalled(program));
  if (missing.length === 0) return;
  const names = missing.map((program) => packages[program] ?? '');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  runProgram('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env });
};

const install = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
};
