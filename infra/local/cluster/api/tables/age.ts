const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const twoParts = (
  seconds: number,
  big: readonly [number, string],
  small: readonly [number, string]
): string => {
  const whole = Math.floor(seconds / big[0]);
  const rest = Math.floor((seconds % big[0]) / small[0]);
  return rest === 0 ? `${whole}${big[1]}` : `${whole}${big[1]}${rest}${small[1]}`;
};

/** A span as kubectl prints it: `45s`, `3m20s`, `5h`, `2d4h`. */
export const shortDuration = (seconds: number): string => {
  if (seconds < 2 * minute) {
    return `${Math.max(0, Math.floor(seconds))}s`;
  }
  if (seconds < 10 * minute) {
    return twoParts(seconds, [minute, 'm'], [1, 's']);
  }
  if (seconds < 3 * hour) {
    return `${Math.floor(seconds / minute)}m`;
  }
  if (seconds < 8 * hour) {
    return twoParts(seconds, [hour, 'h'], [minute, 'm']);
  }
  if (seconds < 2 * day) {
    return `${Math.floor(seconds / hour)}h`;
  }
  return seconds < 8 * day
    ? twoParts(seconds, [day, 'd'], [hour, 'h'])
    : `${Math.floor(seconds / day)}d`;
};

/** How long ago a stored time was. */
export const ageOf = (time: unknown): string =>
  typeof time === 'string' ? shortDuration((Date.now() - Date.parse(time)) / 1000) : '<unknown>';
