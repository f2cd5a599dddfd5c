import type { BuildLog } from '../build-log.ts';
import type { Dockerfile } from '../dockerfile/read-dockerfile.ts';
import type { FileTree } from '../files/file-tree.ts';
import type { Puller } from '../registry/pull-image.ts';
import type { Stage } from './stage.ts';

/** What all stages of a build share. */
export interface BuildRun {
  readonly dockerfile: Dockerfile;
  readonly context: FileTree;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Values of ARG before the first FROM. */
  readonly globals: ReadonlyMap<string, string>;
  readonly puller: Puller;
  /** Of the machine that images run on. */
  readonly platform: NodeJS.Platform;
  /** A temporary folder of this build. */
  readonly workspace: string;
  /** The time of all files, and of the image. */
  readonly modified: Date;
  readonly log: BuildLog;
  /** Finished stages, by index. */
  readonly stages: Map<number, Stage>;
}
