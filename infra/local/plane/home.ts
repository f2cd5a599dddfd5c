import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this file belongs to; it holds serverless.yml. */
export const checkout = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** Where one plane keeps everything; two homes are two planes that know nothing of each other. */
export interface Home {
  readonly root: string;
  readonly parts: string;
  readonly logs: string;
  /** What the emulator writes on a clean stop: tables, functions, images. */
  readonly emulatorState: string;
  /** Bucket contents; written as they come. */
  readonly bucketData: string;
  /** A link; see aws/temporary-folder.ts. */
  readonly temporary: string;
  readonly cluster: string;
  readonly lock: string;
  readonly settings: string;
  /** The running plane's addresses, for whoever asks. It holds the rack's token. */
  readonly address: string;
  /** How the emulator ended last; see aws/run-ministack.py. */
  readonly emulatorRun: string;
}

/** RACKLESS_HOME, or `.rackless/` in the checkout. */
export const homeAt = (folder?: string): Home => {
  const root = resolve(folder || join(checkout, '.rackless'));
  const emulator = join(root, 'emulator');
  return {
    root,
    parts: join(root, 'parts'),
    logs: join(root, 'logs'),
    emulatorState: join(emulator, 'state'),
    bucketData: join(emulator, 'buckets'),
    temporary: join(emulator, 'tmp'),
    cluster: join(root, 'cluster'),
    lock: join(root, 'lock'),
    settings: join(root, 'settings.json'),
    address: join(root, 'plane.json'),
    emulatorRun: join(emulator, 'run'),
  };
};

/** Only the owner may read it: tokens and kubeconfigs lie in it. */
export const createHome = (home: Home): void => {
  const { root, parts, logs, emulatorState, bucketData, cluster } = home;
  for (const folder of [root, parts, logs, emulatorState, bucketData, cluster]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
};
