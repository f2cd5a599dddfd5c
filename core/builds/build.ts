import type { Origin, Provenance } from './provenance.ts';

export type BuildStatus = 'created' | 'running' | 'complete' | 'failed';

/** One image of a build: where it was pushed, pinned by the digest that the build itself reported. */
export interface BuiltImage {
  readonly service: string;
  /** `HOST/REPOSITORY@sha256:…` */
  readonly image: string;
}

export interface Build {
  readonly id: string;
  readonly app: string;
  readonly status: BuildStatus;
  readonly description: string;
  readonly gitSha: string;
  /** Whether the source differed from that commit, if its client has said. */
  readonly gitDirty?: boolean;
  /** `object://APP/KEY` of the source. */
  readonly source: string;
  /** The manifest's file name in the source. */
  readonly manifestPath: string;
  /** The manifest's text, once it has been read. */
  readonly manifest: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly noCache: boolean;
  readonly development: boolean;
  readonly external: boolean;
  /** The image that it copies for services which name none, in place of building a source. */
  readonly imported?: string;
  readonly images: readonly BuiltImage[];
  /** How they came about, once they are there. */
  readonly provenance?: Provenance;
  /** Of one that was imported from an archive, once that has been read. */
  readonly origin?: Origin;
  readonly release: string;
  /** `object://APP/KEY` of the log of an external build, once it is kept. */
  readonly logs?: string;
  /** Why it failed, in one sentence. */
  readonly reason: string;
  /** Who has cancelled it, if anybody has. */
  readonly cancelledBy?: string;
  /** Its release is being made: it can't be cancelled any more. */
  readonly committed?: boolean;
  /** When it expired. Its manifest is empty from then on; its images and log are gone, or going. */
  readonly expired?: string;
  readonly entrypoint: string;
  readonly started: string;
  readonly ended: string;
  readonly actor: string;
}

export const isFinishedBuild = (build: Build): boolean =>
  build.status === 'complete' || build.status === 'failed';
