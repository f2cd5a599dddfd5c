import type { JobVerdict } from './judge-job.ts';

const longestCause = 500;

/** What the builder itself said is worth more than its exit code. */
export const explainFailure = (
  { reason, isOfSource }: Extract<JobVerdict, { readonly state: 'failed' }>,
  log: string
): string => {
  const cause = isOfSource ? lastError(log) : '';
  if (!cause) return reason;
  const known = causes.find(({ sign }) => sign.test(cause))?.explanation;
  return `${reason}: ${known ? `${known}: ` : ''}${cause}`;
};

/** A step is killed alone where the kernel picks single processes: its pod goes on. */
const causes = [
  {
    sign: /exit code: 137\b|signal: killed|cannot allocate memory/i,
    explanation:
      'a step was killed, most likely because it ran out of memory (raise the memory of builds in the rack)',
  },
  { sign: /error reading from server|transport is closing/i, explanation: 'BuildKit was killed' },
  { sign: /no space left on device/i, explanation: 'the disk of its node is full' },
];

/** The last line that calls itself an error, or else the last one. */
const lastError = (log: string): string => {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = lines.findLast((it) => /\berror\b/i.test(it)) ?? lines.at(-1) ?? '';
  return line.length > longestCause ? `${line.slice(0, longestCause)}…` : line;
};
