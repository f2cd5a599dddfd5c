const startOfClock = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** Now in nanoseconds since the epoch; never goes back, so the lines of a log stay in order. */
export const nanosecondsNow = (): bigint => startOfClock + process.hrtime.bigint();

/** RFC 3339 with nine digits, as a container runtime writes log times. */
export const rfc3339Nano = (nanoseconds: bigint): string => {
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString();
  return `${seconds.slice(0, 19)}.${(nanoseconds % 1_000_000_000n).toString().padStart(9, '0')}Z`;
};
