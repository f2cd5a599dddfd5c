import { InvalidRequestError } from '../errors.ts';

/** A bare run, a single-quoted run or a double-quoted run; runs that touch make one word. */
const runs = /(?:[^\s'"\\]|\\.)+|'[^']*'|"(?:[^"\\]|\\.)*"/gsy;

/**
 * Splits a command into words as a POSIX shell does, without expanding anything.
 * @throws InvalidRequestError when a quote is not closed.
 */
export const splitCommand = (command: string): readonly string[] => {
  const words: string[] = [];
  let rest = withoutContinuations(command).trimStart();
  while (rest) {
    const [word, length] = firstWord(rest, command);
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return words;
};

/** A backslash before a line break joins the lines, except between single quotes. */
const withoutContinuations = (command: string): string =>
  command.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"|\\./gs, (run) =>
    run.startsWith("'") ? run : run.replaceAll(/\\(.)/gs, (it, next) => (next === '\n' ? '' : it))
  );

const firstWord = (text: string, command: string): [string, number] => {
  let word = '';
  let at = 0;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    runs.lastIndex = at;
    const run = runs.exec(text)?.[0];
    if (run === undefined) throw new InvalidRequestError(`command has an open quote: ${command}`);
    word += unquote(run);
    at += run.length;
  }
  return [word, at];
};

const unquote = (run: string): string => {
  if (run.startsWith("'")) return run.slice(1, -1);
  if (run.startsWith('"')) return run.slice(1, -1).replaceAll(/\\(["\\$`])/g, '$1');
  return run.replaceAll(/\\(.)/gs, '$1');
};
