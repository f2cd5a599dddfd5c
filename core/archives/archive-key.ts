import { objectUrl } from '../objects/object-key.ts';

/** Where an archive is kept that came as a body: its name is its content. */
export const importKey = (sha256: string): string => `imports/${sha256}.tgz`;

/** Of the list of chunks of an archive that came in pieces. */
export const importListKey = (sha256: string): string => `imports/${sha256}`;

export const isImportListKey = (key: string): boolean => /^imports\/[0-9a-f]{64}$/.test(key);

/** Of one of those chunks. */
export const importChunkKey = (sha256: string): string => `imports/chunks/${sha256}`;

/** Where the archive of a URL is; undefined for any text that is no archive of this app. */
export const archiveKeyOf = (app: string, url: string): string | undefined => {
  const prefix = objectUrl(app, '');
  if (!url.startsWith(prefix)) return undefined;
  const key = url.slice(prefix.length);
  return /^imports\/[0-9a-f]{64}(\.tgz)?$/.test(key) ? key : undefined;
};

/** A build of an archive: what is known of it is the word of whoever made that. */
export const isFromArchive = ({
  app,
  source,
}: {
  readonly app: string;
  readonly source: string;
}): boolean => archiveKeyOf(app, source) !== undefined;
