import { parseArgs } from 'node:util';

export interface WgetOptions {
  readonly url: string;
  /** A path, or `-` for stdout. */
  readonly file: string;
  readonly tries: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly quiet: boolean;
}

export class WgetUsageError extends Error {
  override readonly name = 'WgetUsageError';
}

const options = {
  quiet: { type: 'boolean', short: 'q', default: false },
  'output-document': { type: 'string', short: 'O' },
  tries: { type: 'string', short: 't', default: '4' },
  header: { type: 'string', multiple: true, default: [] as string[] },
} as const;

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new WgetUsageError((error as Error).message, { cause: error });
  }
};

/** The part of wget's options that build contexts need: `-q`, `-O`, `-t`, `--header`. Throws `WgetUsageError`. */
export const readWgetOptions = (argv: readonly string[]): WgetOptions => {
  const { values, positionals } = parse(argv);
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0) {
    throw new WgetUsageError('give one URL: wget [-q] [-t TRIES] [--header LINE] [-O FILE|-] URL');
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new WgetUsageError(`not an http or https URL: ${url}`);
  }
  const tries = Number(values.tries);
  if (!Number.isInteger(tries) || tries < 1) {
    throw new WgetUsageError(`invalid number of tries: ${values.tries}`);
  }
  return {
    url,
    file: values['output-document'] ?? fileOf(url),
    tries,
    headers: Object.fromEntries(values.header.map(splitHeader)),
    quiet: values.quiet,
  };
};

const fileOf = (url: string): string => new URL(url).pathname.split('/').at(-1) || 'index.html';

const splitHeader = (line: string): [string, string] => {
  const colon = line.indexOf(':');
  if (colon < 1) {
    throw new WgetUsageError(`invalid header: ${line}`);
  }
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
};
