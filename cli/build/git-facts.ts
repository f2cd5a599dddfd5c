import type { Host } from '../host.ts';

export interface GitFacts {
  readonly sha: string;
  /** `build <sha> <subject>`; empty when the tree differs from the commit. */
  readonly description: string;
}

/** What git knows of the source, by Convox's rules; all empty without git. */
export const gitFacts = async (
  { capture }: Pick<Host, 'capture'>,
  folder: string
): Promise<GitFacts> => {
  const [sha, clean, subject] = await Promise.all([
    capture('git', ['-C', folder, 'rev-parse', 'HEAD']),
    capture('git', ['diff', '--quiet']),
    capture('git', ['log', '-n', '1', '--pretty=%h %s', '--abbrev=10']),
  ]);
  return {
    sha: sha ?? '',
    description: clean !== undefined && subject ? `build ${subject}` : '',
  };
};
