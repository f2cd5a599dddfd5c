/** Sources and logs of an app: content, as opposed to records. Keys stand under the app. */
export interface Objects {
  write(app: string, key: string, content: Uint8Array): Promise<void>;
  readText(app: string, key: string): Promise<string | undefined>;
  /** In bytes; undefined when there is no such object, or it was written before `since` (ms). */
  size(app: string, key: string, since?: number): Promise<number | undefined>;
  /** Also when there is none. */
  remove(app: string, key: string): Promise<void>;
  /** An address for one PUT of exactly this content: another size or checksum is refused. */
  uploadAddress(app: string, key: string, content: ContentId): Promise<UploadAddress>;
  /** An address for reading, good for an hour. */
  downloadAddress(app: string, key: string): Promise<string>;
}

/**
 * Pieces of an app's sources, gzip-compressed, by the SHA-256 of what they are unpacked. They expire
 * 30 days after they were written or renewed.
 */
export interface Chunks {
  /** Those of the ids that are here. What was written before `renewBefore` (ms) gets its 30 days anew. */
  retain(app: string, ids: readonly string[], renewBefore: number): Promise<ReadonlySet<string>>;
  /** Undefined when there is no such chunk. */
  read(app: string, id: string): Promise<Uint8Array | undefined>;
  /**
   * Takes a chunk away whose content is not what its name says, so that a client is told that it is
   * missing. True when there is none (any more), false when it is sound.
   */
  removeDamaged(app: string, id: string): Promise<boolean>;
  /** `packed` is what will be sent: the compressed chunk. */
  uploadAddress(app: string, id: string, packed: ContentId): Promise<UploadAddress>;
  /** An address for reading, good for an hour. */
  downloadAddress(app: string, id: string): Promise<string>;
}

export interface ContentId {
  /** Hex. */
  readonly sha256: string;
  readonly size: number;
}

export interface UploadAddress {
  readonly url: string;
  /** They are signed: the PUT must carry them as they are. */
  readonly headers: Readonly<Record<string, string>>;
}
