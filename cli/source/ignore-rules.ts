import { posix } from 'node:path';
import { CliError } from '../errors.ts';

/** Which files of a folder stay out of its archive. Paths are relative, with forward slashes. */
export interface IgnoreRules {
  ignores(path: string): boolean;
  /** False when nothing below an ignored folder can come back in: then it need not be read. */
  mayReinclude(folder: string): boolean;
}

interface Rule {
  readonly pattern: string;
  readonly exception: boolean;
  readonly matches: RegExp;
}

/**
 * Docker's rules for .dockerignore, after github.com/moby/patternmatcher: patterns are anchored at the
 * folder, a match of a parent folder counts, and the last rule that applies wins.
 */
export const ignoreRules = (text: string): IgnoreRules => {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap(toRule);
  const exceptions = rules.filter(({ exception }) => exception);
  return {
    ignores: (path) => isIgnored(rules, path),
    mayReinclude: (folder) =>
      exceptions.some(
        ({ pattern }) => /[*?[\\]/.test(pattern) || `${pattern}/`.startsWith(`${folder}/`)
      ),
  };
};

const isIgnored = (rules: readonly Rule[], path: string): boolean => {
  const names = path.split('/');
  const withParents = names.map((_, index) => names.slice(0, index + 1).join('/'));
  let ignored = false;
  for (const { exception, matches } of rules) {
    if (exception === ignored && withParents.some((it) => matches.test(it))) ignored = !exception;
  }
  return ignored;
};

const toRule = (text: string, index: number): Rule[] => {
  const line = text.trim();
  if (text.startsWith('#') || line === '') return [];
  const exception = line.startsWith('!');
  const written = exception ? line.slice(1).trim() : line;
  if (written === '') throw invalid(index, line);
  const pattern = clean(written);
  try {
    return [{ pattern, exception, matches: new RegExp(`^${toRegExp(pattern)}$`) }];
  } catch (cause) {
    throw invalid(index, line, cause);
  }
};

const clean = (pattern: string): string => {
  const normal = posix.normalize(pattern);
  return normal === '/' ? normal : normal.replace(/\/$/, '').replace(/^\//, '');
};

const tokens = /\*\*\/?|\*|\?|\\.|[.+()|{}$\\^]|[^*?\\.+()|{}$^]+/gs;

const toRegExp = (pattern: string): string =>
  pattern.replaceAll(tokens, (token, at: number) => translate(token, at, pattern));

const wildcards: Readonly<Record<string, string>> = {
  '**': '(.*/)?',
  '**/': '(.*/)?',
  '*': '[^/]*',
  '?': '[^/]',
};

const translate = (token: string, at: number, pattern: string): string => {
  if (/^\*\*\/?$/.test(token) && at + token.length === pattern.length) return '.*';
  // A caret is special only where a set of characters begins.
  if (token === '^' && pattern[at - 1] === '[') return '^';
  const plain = /^(?:\\(.)|([.+()|{}$^\\]))$/s.exec(token);
  return wildcards[token] ?? (plain ? literal(plain[1] ?? plain[2] ?? '') : token);
};

const literal = (character: string): string => character.replace(/\W/, '\\$&');

const invalid = (index: number, line: string, cause?: unknown): CliError =>
  new CliError(
    'InvalidIgnoreFile',
    `invalid pattern in .dockerignore, line ${index + 1}: ${line}`,
    {
      hint: 'the patterns are described at https://docs.docker.com/build/concepts/context/',
      cause,
    }
  );
