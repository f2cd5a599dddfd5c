import type { Host } from '../host.ts';
import type { Source } from '../source/find-source.ts';
import { neededBuilds } from '../source/needed-files.ts';
import { sourceRules } from '../source/source-rules.ts';

export interface GitFacts {
  readonly 'git-sha': string;
  /** What is built differs from that commit; undefined without one. */
  readonly 'git-dirty'?: boolean;
  /** `build <sha> <subject>`; empty when a file of the commit was changed. */
  readonly description: string;
}

/** What git knows of the source; its description is by Convox's rule. Nothing without git. */
export const gitFacts = async (
  { capture }: Pick<Host, 'capture'>,
  source: Source
): Promise<GitFacts> => {
  const git = (...args: string[]) => capture('git', ['-C', source.folder, ...args]);
  const [sha, same, others, subject] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('diff', 'HEAD', '--relative', '--quiet'),
    git('ls-files', '--others', '--exclude-standard', '-z'),
    git('log', '-n', '1', '--pretty=%h %s', '--abbrev=10'),
  ]);
  if (!sha) return { 'git-sha': '', description: '' };
  const isChanged = same === undefined;
  return {
    'git-sha': sha,
    'git-dirty': isChanged || hasStrangers(source, others),
    description: !isChanged && subject ? `build ${subject}` : '',
  };
};

/** Files that git neither has nor ignores, and that a build gets. There may be more than fit an answer. */
const hasStrangers = ({ folder, manifest }: Source, others: string | undefined): boolean => {
  if (others === undefined) return true;
  const paths = others.split('\0').filter((it) => it !== '');
  if (paths.length === 0) return false;
  try {
    const rules = sourceRules(folder, neededBuilds(manifest));
    return paths.some((it) => !rules.ignores(it));
  } catch {
    // Whoever packs the source says what is wrong with its .dockerignore.
    return true;
  }
};
