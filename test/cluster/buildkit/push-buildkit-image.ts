import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installBusybox } from '../bed/busybox-image.ts';
import { pushImage } from '../bed/push-image.ts';
import { runProgram } from '../bed/run-program.ts';
import { buildBuildkit, buildkitPrograms } from './build-buildkit.ts';

/**
 * Puts an image with a real BuildKit, a shell, wget and tar into a registry: what `moby/buildkit` is on
 * a machine that reaches it. For `BUILDER_MODE=privileged`.
 */
export const pushBuildkitImage = (registry: string, progress: (line: string) => void): string => {
  const programs = buildBuildkit(progress);
  const image = { registry, name: 'bed/buildkit:1', command: ['sh'], env: ['PATH=/usr/bin:/bin'] };
  return pushImage(image, (root) => {
    installBusybox(root);
    mkdirSync(join(root, 'usr', 'bin'), { recursive: true });
    for (const name of buildkitPrograms) install(join(programs, name), join(root, 'usr/bin', name));
    installRunc(root);
  });
};

/** Debian's runc, with the libraries that it is linked to. */
const installRunc = (root: string): void => {
  const runc = runProgram('sh', ['-c', 'PATH="$PATH:/usr/sbin:/sbin" command -v runc']).trim();
  install(runc, join(root, 'usr/bin/runc'));
  for (const [, library = ''] of runProgram('ldd', [runc]).matchAll(/(\/\S+) \(0x/g)) {
    install(library, join(root, library));
  }
};

const install = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
};
