/** Now, in milliseconds since 1970. Passed in, so that decisions stay pure. */
export type Clock = () => number;

/** RFC 3339 in UTC with milliseconds: the one form in which times are kept. */
export const timestamp = (clock: Clock): string => new Date(clock()).toISOString();
