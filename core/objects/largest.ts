/** Bytes of the tar archive that the pieces of a source make together. */
export const largestSource = 8 * 1024 ** 3;

/** The same of the archive of a build: the 20 GB that an export may have, and what packs them. */
export const largestArchive = 20.5 * 1024 ** 3;
