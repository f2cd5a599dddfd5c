import { CliError } from '../errors.ts';

/** A file or folder that can't be read; its name is in the message. */
export const unreadable = (path: string, cause: unknown): CliError => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code || String(cause);
  return new CliError('UnreadableSource', `cannot read ${path}: ${why}`, {
    hint: 'make it readable, or leave it out with a line in .dockerignore',
    cause,
  });
};
