import { CliError } from '../errors.ts';
import { shownPath } from './shown-path.ts';

/** What the system says of a path that is no longer what it was a moment ago. */
const gone = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'ESPIPE']);

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EIO: 'its disk reports an error',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its path is too long for this system',
};

const leaveOut = 'make it readable, or leave it out with a line in .dockerignore';

/** A file or folder that can't be read; its name is in the message. */
export const unreadable = (path: string, cause: unknown, hint = leaveOut): CliError => {
  if (cause instanceof CliError) return cause;
  const code = codeOf(cause);
  const why = words[code] ?? (code || String(cause));
  return new CliError('UnreadableSource', `cannot read ${shownPath(path)}: ${why}`, {
    hint,
    cause,
  });
};

/** The same of something that was listed before: it may have been changed or removed since. */
export const unreadableNow = (path: string, cause: unknown): CliError =>
  gone.has(codeOf(cause)) ? sourceChanged(shownPath(path), cause) : unreadable(path, cause);

/** Of an error of the system; empty for another. */
const codeOf = (error: unknown): string =>
  String((error as { readonly code?: unknown } | undefined)?.code ?? '');

/** @param what one path, or several in a sentence */
export const sourceChanged = (what: string, cause?: unknown): CliError =>
  new CliError('SourceChanged', `the source changed while it was read: ${what}`, {
    hint: 'run the command again once nothing writes there, or leave it out with a line in .dockerignore',
    cause,
  });
