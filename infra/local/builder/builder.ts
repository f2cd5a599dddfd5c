import type { BuildLog } from './build-log.ts';
import type { BuildOptions } from './build-options.ts';
import type { Logins } from './registry/login.ts';
import type { PackedImage } from './registry/push-image.ts';

/** What a build finds around it. */
export interface BuildPlace {
  readonly log: BuildLog;
  /** Of the machine that images run on. */
  readonly platform: NodeJS.Platform;
  /** A temporary folder, which goes with the build. */
  readonly workspace: string;
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  /** The time of all files and images. */
  readonly modified: Date;
  readonly logins: Logins;
  /** Where pulled images are kept. */
  readonly cacheFolder: string;
}

/** Turns a context into an image whose layers lie in files. Throws `BuildError`. */
export type Builder = (options: BuildOptions, place: BuildPlace) => Promise<PackedImage>;
