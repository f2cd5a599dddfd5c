import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from '../plane/home.ts';

/**
 * Gives the emulator a fresh folder to unpack functions in, behind the link `home.temporary`. It lies
 * outside the checkout: inside, Node would find the checkout's node_modules and package.json for a
 * function, which it does not have on AWS.
 */
export const createTemporary = (home: Home): void => {
  removeTemporary(home);
  symlinkSync(mkdtempSync(join(tmpdir(), 'rackless-functions-')), home.temporary);
};

/** Removes the folder of the last run, if there is one. The emulator must not run. */
export const removeTemporary = ({ temporary }: Home): void => {
  try {
    rmSync(readlinkSync(temporary), { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  rmSync(temporary, { force: true });
};
