import { readFileSync } from 'node:fs';
import { readLogLines } from '../logs/log-lines.ts';

const longestMessage = 4096;
/** As the kubelet's FallbackToLogsOnError: the last 80 lines, at most 2 KiB. */
const fallbackLines = 80;
const longestFallback = 2048;

interface MessageSources {
  readonly file: string;
  readonly policy: string | undefined;
  readonly logFile: string;
  readonly exitCode: number;
}

const contentOf = (file: string): string => {
  try {
    return readFileSync(file).subarray(0, longestMessage).toString();
  } catch {
    // The process wrote none.
    return '';
  }
};

/** What a container left as its last words; undefined when there are none. */
export const terminationMessage = ({
  file,
  policy,
  logFile,
  exitCode,
}: MessageSources): string | undefined => {
  const written = contentOf(file);
  if (written !== '' || policy !== 'FallbackToLogsOnError' || exitCode === 0) {
    return written === '' ? undefined : written;
  }
  const lines = readLogLines(logFile).slice(-fallbackLines);
  const text = lines.map(({ text: line }) => line).join('');
  return text === '' ? undefined : Buffer.from(text).subarray(-longestFallback).toString();
};
