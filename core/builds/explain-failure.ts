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

/** What BuildKit says when it looks for an image. */
const source = /failed to (?:resolve source metadata|load metadata|authorize)/i;
const inSource = (sign: RegExp): RegExp => new RegExp(`${source.source}.*(?:${sign.source})`, 'i');

const causes = [
  {
    sign: inSource(/no match for platform|cannot run on this machine/),
    explanation: 'the image is not made for the machines that builds run on',
  },
  {
    sign: inSource(/: not found\b|\b404 Not Found/),
    explanation: 'its registry has no such image',
  },
  {
    sign: inSource(
      /access denied|insufficient_scope|\b401 Unauthorized|\b403 Forbidden|no basic auth/
    ),
    explanation:
      'its registry does not give it to the rack, or has no such image (a login is added with registries add)',
  },
  {
    sign: inSource(
      /no such host|connection refused|ECONNREFUSED|ENOTFOUND|i\/o timeout|no answer|deadline exceeded|unreachable/
    ),
    explanation: 'its registry does not answer',
  },
  // A step is killed alone where the kernel picks single processes: its pod goes on.
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
