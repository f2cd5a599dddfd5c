import { DockerfileParser, type Flag, type Instruction as ParsedInstruction } from 'dockerfile-ast';
import { BuildError, unsupported } from '../build-error.ts';
import type { Instruction } from './instruction.ts';

export interface StageText {
  readonly index: number;
  /** In lower case, as names are compared. */
  readonly name: string | undefined;
  readonly from: Instruction;
  /** The image or stage, variables not replaced. */
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** The character that continues lines and quotes others: a backslash, or a backtick. */
  readonly escapeMark: string;
  /** ARG before the first FROM. */
  readonly globalArguments: readonly Instruction[];
  readonly stages: readonly StageText[];
}

const keywords = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' '
  )
);

/** Reads a Dockerfile. Throws `BuildError` in Docker's words. */
export const readDockerfile = (text: string): Dockerfile => {
  const parsed = DockerfileParser.parse(text.replace(/^\uFEFF/, ''));
  refuseForeignSyntax(parsed.getDirectives().map((it) => [it.getName(), it.getValue()]));
  const escapeMark = parsed.getEscapeCharacter();
  const instructions = parsed.getInstructions().map((it) => asInstruction(it, escapeMark));
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  if (instructions.length === 0) {
    throw new BuildError('the Dockerfile cannot be empty');
  }
  const before = first === -1 ? instructions : instructions.slice(0, first);
  const early = before.find(({ keyword }) => keyword !== 'ARG');
  if (early !== undefined || first === -1) {
    throw parseError('no build stage in current context', (early ?? instructions[0])?.line ?? 1);
  }
  return {
    escapeMark,
    globalArguments: before,
    stages: splitStages(instructions.slice(first)),
  };
};

const parseError = (message: string, line: number): BuildError =>
  new BuildError(`dockerfile parse error on line ${line}: ${message}`, { line });

/** The one frontend whose language this is; `labs` and others add what is not known here. */
const knownSyntax = /^(?:docker\.io\/)?docker\/dockerfile(?::(?:1(?:\.\d+)*|latest))?(?:@.*)?$/;

const refuseForeignSyntax = (directives: readonly (readonly [string, string])[]): void => {
  const syntax = directives.find(([name]) => name.toLowerCase() === 'syntax')?.[1];
  if (syntax !== undefined && !knownSyntax.test(syntax)) {
    throw unsupported(`# syntax=${syntax} asks for another Dockerfile language`, 1);
  }
};

/** The parser has these for some instructions only. */
interface Extras {
  readonly getFlags?: () => Flag[];
  readonly getHeredocs?: () => unknown[];
}

const asInstruction = (parsed: ParsedInstruction, escapeMark: string): Instruction => {
  const extras = parsed as unknown as Extras;
  const keyword = parsed.getKeyword().toUpperCase();
  const line = parsed.getRange().start.line + 1;
  if (!keywords.has(keyword)) {
    throw parseError(`unknown instruction: ${parsed.getInstruction()}`, line);
  }
  const content = joinLines(parsed.getRawArgumentsContent() ?? '', escapeMark);
  if (content === '') {
    throw parseError(`${keyword} requires at least one argument`, line);
  }
  return {
    keyword,
    line,
    content,
    flags: (extras.getFlags?.() ?? []).map((flag) => ({
      name: flag.getName(),
      value: flag.getValue() ?? '',
    })),
    list: jsonList(content),
    hasHeredoc: (extras.getHeredocs?.() ?? []).length > 0,
  };
};

/** Undoes continuations. The parser's own way leaves comments in that are indented. */
const joinLines = (text: string, escapeMark: string): string =>
  text
    .split(/\r?\n/)
    .filter((line, at) => at === 0 || !/^\s*(?:#|$)/.test(line))
    .map((line) => withoutEnd(line, escapeMark))
    .join('')
    .trim();

const withoutEnd = (line: string, escapeMark: string): string => {
  const end = line.trimEnd();
  return end.endsWith(escapeMark) ? end.slice(0, -1) : line;
};

/** As Docker: what is not a proper JSON list of strings is read as plain words. */
const jsonList = (content: string): readonly string[] | undefined => {
  if (!content.startsWith('[')) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(content);
    return Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? value
      : undefined;
  } catch {
    // Plain words that begin with a bracket.
    return undefined;
  }
};

const splitStages = (instructions: readonly Instruction[]): readonly StageText[] => {
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));
  return starts.flatMap((start, index) => {
    const [from, ...rest] = instructions.slice(start, starts[index + 1]);
    return from === undefined ? [] : [{ index, from, instructions: rest, ...readFrom(from) }];
  });
};

const readFrom = ({ content, line }: Instruction): Pick<StageText, 'image' | 'name'> => {
  const [image = '', as, name, ...rest] = content.split(/\s+/);
  const isNamed = as?.toUpperCase() === 'AS' && name !== undefined && rest.length === 0;
  if (as !== undefined && !isNamed) {
    throw parseError(
      'FROM requires either one argument, or three: FROM <source> [as <name>]',
      line
    );
  }
  if (name !== undefined && !/^[a-z][a-z0-9-_.]*$/i.test(name)) {
    throw parseError(`invalid name for build stage: "${name}"`, line);
  }
  return { image, name: name?.toLowerCase() };
};
