import { InvalidRequestError } from '../errors.ts';

/** Variables of an app by name. Values are secrets: never log them. */
export type Environment = Readonly<Record<string, string>>;

/** Plain order of characters, the same on every machine. */
export const byText = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/**
 * Reads Convox's text form: one `NAME=value` per line, the value as it stands, quotes and spaces included. Lines without a
 * name or without `=` are ignored without a word, as Convox does.
 */
export const parseEnvironment = (text: string): Environment =>
  Object.fromEntries(text.split('\n').flatMap(parseLine));

const parseLine = (line: string): [string, string][] => {
  const equals = line.indexOf('=');
  const name = line.slice(0, Math.max(equals, 0)).trim();
  return name === '' ? [] : [[name, line.slice(equals + 1).replace(/\r$/, '')]];
};

/**
 * Writes the text form: sorted lines, no line break at the end.
 * @throws InvalidRequestError for what the form can't hold, which would otherwise come back as other variables.
 */
export const formatEnvironment = (environment: Environment): string =>
  Object.entries(environment).map(formatLine).toSorted(byText).join('\n');

const formatLine = ([name, value]: [string, string]): string => {
  if (name === '' || name !== name.trim() || /[=\n\r]/.test(name)) {
    throw new InvalidRequestError(`invalid variable name ${JSON.stringify(name)}`);
  }
  if (/\n|\r$/.test(value)) {
    throw new InvalidRequestError(`the value of ${name} has a line break`, {
      hint: 'encode it, for example in base64',
    });
  }
  return `${name}=${value}`;
};
