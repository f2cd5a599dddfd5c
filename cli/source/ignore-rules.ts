import { posix } from 'node:path';
import { CliError } from '../errors.ts';
import { type Match, matcherOf } from './ignore-pattern.ts';

/** Which files of a folder stay out of its archive. Paths are relative, with forward slashes. */
export interface IgnoreRules {
  ignores(path: string): boolean;
  /** False when nothing below an ignored folder can come back in: then it need not be read. */
  mayReinclude(folder: string): boolean;
}

interface Rule {
  readonly pattern: string;
  readonly exception: boolean;
  readonly matches: Match;
}

/**
 * Docker's rules for .dockerignore, after github.com/moby/patternmatcher: patterns are anchored at the
 * folder, a match of a parent folder counts, and the last rule that applies wins.
 * @param file its name, for messages
 */
export const ignoreRules = (text: string, file = '.dockerignore'): IgnoreRules => {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => toRule(line, `${file}, line ${index + 1}`));
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
  let ignored = false;
  for (const { exception, matches } of rules) {
    if (exception === ignored && matchesPathOrParent(matches, path)) ignored = !exception;
  }
  return ignored;
};

const matchesPathOrParent = (matches: Match, path: string): boolean => {
  if (matches(path)) return true;
  for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
    if (matches(path.slice(0, end))) return true;
  }
  return false;
};

const toRule = (text: string, place: string): Rule[] => {
  const line = trim(text);
  if (text.startsWith('#') || line === '') return [];
  const cleaned = withoutRoot(line);
  const exception = cleaned.startsWith('!');
  const pattern = exception ? cleaned.slice(1) : cleaned;
  try {
    return [{ pattern, exception, matches: matcherOf(pattern) }];
  } catch (cause) {
    throw invalid(place, line, cause);
  }
};

/** What is white space in Go: a byte order mark is none. */
const trim = (text: string): string =>
  text.replace(/^(?:(?!\uFEFF)[\s\u0085])+|(?:(?!\uFEFF)[\s\u0085])+$/g, '');

/** An exclamation mark that a leading `/` or `./` hid makes an exception as well, as with Docker. */
const withoutRoot = (line: string): string => {
  const exception = line.startsWith('!');
  const written = exception ? trim(line.slice(1)) : line;
  const path = written && clean(written).replace(/^\/(?=.)/, '');
  return clean(trim(`${exception ? '!' : ''}${path}`));
};

/** As Go's filepath.Clean. */
const clean = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/s, '');

const invalid = (place: string, line: string, cause: unknown): CliError =>
  new CliError('InvalidIgnoreFile', `invalid pattern in ${place}: ${line}`, {
    hint: 'the patterns are described at https://docs.docker.com/build/concepts/context/',
    cause,
  });
