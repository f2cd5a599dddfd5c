const day = 24 * 3_600_000;

/** How long sources and their chunks are kept after they were last needed (ADR 11); milliseconds. */
export const sourceLife = 30 * day;

/** Half of that: what a build is given lives for two weeks at least. */
export const renewAfter = 15 * day;

/** The same of archives to import, which are kept for a day: an import has half a day at least. */
export const renewArchiveAfter = day / 2;
