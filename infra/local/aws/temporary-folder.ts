import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from '../plane/home.ts';

/**
 * A fresh folder where the emulator unpacks functions. It lies outside the checkout: inside, a function
 * would find the checkout's node_modules and package.json, which it does not have on AWS.
 */
export const createTemporary = (home: Home): string => {
  removeTemporary(home);
  const folder = mkdtempSync(join(tmpdir(), 'rackless-functions-'));
  symlinkSync(folder, home.temporary);
  return folder;
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
