const second = 1;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;
const month = 30 * day;
const year = 12 * month;

const steps: readonly (readonly [below: number, unit: number, name: string])[] = [
  [minute, second, 'second'],
  [hour, minute, 'minute'],
  [day, hour, 'hour'],
  [week, day, 'day'],
  [month, week, 'week'],
  [year, month, 'month'],
  [Number.POSITIVE_INFINITY, year, 'year'],
];

const seconds = (from: Date, to: Date): number =>
  Math.floor((to.getTime() - from.getTime()) / 1000);

/** `2 days ago`, in the words of Convox. Empty for an empty time; RFC 3339 in. */
export const ago = (time: string, now: Date): string => {
  if (!time) return '';
  const age = seconds(new Date(time), now);
  if (age < 1) return 'now';
  const [, unit, name] = steps.find(([below]) => age < below) ?? [0, year, 'year'];
  const count = Math.floor(age / unit);
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
};

/** `2m0s` between two RFC 3339 times; empty while one of them is missing. */
export const elapsed = (from: string, to: string): string => {
  if (!from || !to) return '';
  const total = seconds(new Date(from), new Date(to));
  const minutes = Math.floor(total / minute);
  return `${minutes > 0 ? `${minutes}m` : ''}${total % minute}s`;
};

/** RFC 3339 in UTC, to the second. */
export const timestamp = (time: string): string => {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toISOString().replace(/\.\d+Z$/, 'Z');
};

const units: Readonly<Record<string, number>> = { s: second, m: minute, h: hour, d: day };

/** Seconds in `45s`, `2m`, `1h30m`; undefined when it is not a duration. */
export const parseDuration = (text: string): number | undefined => {
  if (!/^(\d+[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (total, [, count, unit]) => total + Number(count) * (units[unit ?? 's'] ?? 1),
    0
  );
};
