/** `12.3 MB`, in steps of 1000. */
export const bytesText = (bytes: number): string => {
  const step = steps.find(({ size }) => bytes >= size) ?? { size: 1, name: 'bytes' };
  const value = bytes / step.size;
  return `${step.size === 1 ? value : value.toFixed(value < 100 ? 1 : 0)} ${step.name}`;
};

const steps = [
  { size: 1e9, name: 'GB' },
  { size: 1e6, name: 'MB' },
  { size: 1e3, name: 'kB' },
] as const;

export interface Progress {
  readonly title: string;
  /** Of the work, from 0 to 1. */
  readonly part: number;
  /** Bytes that have gone out, and the seconds it took. */
  readonly bytes: number;
  readonly seconds: number;
}

const width = 24;

/** `Uploading source [=====>      ]  40 %  12.3 MB  3.1 MB/s  6 s left` */
export const progressLine = ({ title, part, bytes, seconds }: Progress): string => {
  const done = Math.min(Math.max(part || 0, 0), 1);
  const filled = Math.floor(done * width);
  const bar = `${'='.repeat(filled)}${filled < width ? '>' : ''}`.padEnd(width).slice(0, width);
  const percent = `${Math.floor(done * 100)}`.padStart(3);
  const rate = seconds > 0 ? `  ${bytesText(Math.round(bytes / seconds))}/s` : '';
  return `${title} [${bar}] ${percent} %  ${bytesText(bytes)}${rate}${left(done, seconds)}`;
};

/** Only once there is something to go by. */
const left = (part: number, seconds: number): string => {
  if (part < 0.01 || part >= 1 || seconds < 1) return '';
  return `  ${durationText(Math.ceil((seconds / part) * (1 - part)))} left`;
};

const durationText = (seconds: number): string =>
  seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
