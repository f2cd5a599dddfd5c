import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PushedImage, pushImage } from './push-image.ts';
import { staticBusybox } from './requirements.ts';
import { runProgram } from './run-program.ts';

/** Puts an image of busybox, with a name for each of its programs, into a registry. */
export const pushBusyboxImage = (image: PushedImage): string =>
  pushImage({ ...image, env: ['PATH=/bin', ...(image.env ?? [])] }, installBusybox);

/** Busybox, a name for each of its programs, and a user, as the root of an image. */
export const installBusybox = (root: string): void => {
  for (const name of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  copyFileSync(staticBusybox, join(root, 'bin', 'busybox'));
  const applets = runProgram(staticBusybox, ['--list']).split('\n');
  for (const applet of applets.filter((it) => it && it !== 'busybox')) {
    symlinkSync('busybox', join(root, 'bin', applet));
  }
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/:/bin/sh\n');
};
