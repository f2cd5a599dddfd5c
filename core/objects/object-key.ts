/** Where uploads that name their content go. Nothing else may write there. */
const sources = 'sources/';

/** Of a source that came as one archive. */
export const sourceKey = (sha256: string): string => `${sources}${sha256}.tgz`;

/** Of the list of chunks of a source that came in pieces. */
export const sourceListKey = (sha256: string): string => `${sources}${sha256}`;

export const isSourceListKey = (key: string): boolean => /^sources\/[0-9a-f]{64}$/.test(key);

/** What a client may call an object: plain names in folders, no way out, and not among sources. */
export const isObjectKey = (key: string): boolean =>
  /^[\w.-]+(\/[\w.-]+)*$/.test(key) &&
  !key.split('/').some((part) => /^\.+$/.test(part)) &&
  !key.startsWith(sources);

/**
 * Objects of clients stand apart from what the rack itself keeps under the app: rendered releases,
 * checkpoints and logs are not theirs to replace.
 */
export const storageKey = (key: string): string =>
  key.startsWith(sources) ? key : `objects/${key}`;

/** `object://APP/KEY`, Convox's name for an object. */
export const objectUrl = (app: string, key: string): string => `object://${app}/${key}`;

/** Where the object of a URL is stored; undefined for any text that is no object of this app. */
export const keyOf = (app: string, url: string): string | undefined => {
  const prefix = objectUrl(app, '');
  if (!url.startsWith(prefix)) return undefined;
  const key = url.slice(prefix.length);
  return isObjectKey(key) || isSource(key) ? storageKey(key) : undefined;
};

const isSource = (key: string): boolean => /^sources\/[0-9a-f]{64}(\.tgz)?$/.test(key);
