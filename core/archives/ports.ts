/** One file of an archive. */
export interface ArchiveFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What stands in an archive that was read. */
export interface ArchiveEntry extends ArchiveFile {
  /** Not a folder, a link or whatever else a tar can hold. */
  readonly isFile: boolean;
}

/** Archives of builds on their way out of a rack or into it: `.tgz`, under the app, for a day. */
export interface Archives {
  /** Whole or not at all: whatever `files` throws leaves nothing behind. */
  write(app: string, key: string, files: AsyncIterable<ArchiveFile>): Promise<void>;
  /**
   * The entries in their order, each to be read before the next one is asked for; an archive inside the
   * archive gives its entries under its own name. Throws `InvalidRequestError` for what is no archive or
   * is cut off, and `NotFoundError` when there is nothing under this key.
   */
  read(app: string, key: string): AsyncIterable<ArchiveEntry>;
}

/** Content by what it is. */
export interface BlobId {
  /** `sha256:…` */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

export interface StoredManifest {
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/**
 * The images of one repository, by digest. Throws `UnavailableError` while the registry is out of reach,
 * and `ConflictError` for what it refuses.
 */
export interface ImageRepository {
  /** Undefined when there is none. */
  manifest(digest: string): Promise<StoredManifest | undefined>;
  hasManifest(reference: string, digest: string): Promise<boolean>;
  /** Under a tag, or under its own digest. */
  putManifest(reference: string, manifest: StoredManifest): Promise<void>;
  /**
   * From a byte on, or all of it; undefined when there is none. Not checked: whoever reads it has to
   * compare.
   */
  blob(digest: string, from?: number): Promise<AsyncIterable<Uint8Array> | undefined>;
  hasBlob(digest: string): Promise<boolean>;
  putBlob(blob: BlobId, content: AsyncIterable<Uint8Array>): Promise<void>;
}

export interface RepositoryLogin {
  readonly username: string;
  readonly password: string;
}

export interface ImageRepositories {
  /** `HOST/PATH` of a repository. */
  open(repository: string, login: RepositoryLogin): ImageRepository;
}

export interface ExportKey {
  readonly app: string;
  readonly id: string;
  /** Tells one try to export a build from the others. */
  readonly run: string;
}

/** Starts the `export` state machine. Starting the same run twice is the same as once. */
export interface ExportRuns {
  start(run: ExportKey): Promise<void>;
  isRunning(run: ExportKey): Promise<boolean>;
}
