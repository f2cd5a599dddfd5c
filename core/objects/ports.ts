/** Sources and logs of an app: content, as opposed to records. Keys stand under the app. */
export interface Objects {
  write(app: string, key: string, content: Uint8Array): Promise<void>;
  readText(app: string, key: string): Promise<string | undefined>;
  /** In bytes; undefined when there is no such object. */
  size(app: string, key: string): Promise<number | undefined>;
  /** An address for one PUT of exactly this content: another size or checksum is refused. */
  uploadAddress(app: string, key: string, content: ContentId): Promise<UploadAddress>;
  /** An address for reading, good for an hour. */
  downloadAddress(app: string, key: string): Promise<string>;
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
