import { type Document, LineCounter, parseAllDocuments, type YAMLParseError } from 'yaml';
import { ManifestError } from '../manifest-error.ts';
import type { Position } from '../problem.ts';
import { Problems } from '../problems.ts';
import { NodeConverter } from './convert-nodes.ts';
import { holdReferences, showReferences } from './interpolation.ts';
import { isUsedTag } from './scalar-types.ts';
import type { MapValue } from './value.ts';

const MAX_BYTES = 1_000_000;
const TOO_DEEP = 'nested too deeply';
const START: Position = { line: 1, column: 1 };

export interface YamlFile {
  readonly root: MapValue;
  /** Top-level keys that only hold anchors used elsewhere. */
  readonly templates: ReadonlySet<string>;
}

export interface YamlInput {
  readonly text: string;
  /** For `${NAME}`; when it is not known, references are empty and nobody is warned. */
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly problems: Problems;
}

/**
 * Reads one YAML 1.1 document with a map at its root, with positions, aliases, merge keys and `${NAME}`.
 * @throws ManifestError when there is no such map to go on with; other problems are added to `problems`.
 */
export const readYaml = (input: YamlInput): YamlFile => {
  refuseLarge(input.text);
  const lines = new LineCounter();
  try {
    const document = parseOne(holdReferences(input.text), lines);
    return convert(document, lines, input);
  } catch (cause) {
    // Parser and converter are recursive, so a file of a few thousand brackets would otherwise be a crash.
    if (cause instanceof RangeError) refuse(TOO_DEEP, START, cause);
    throw cause;
  }
};

const refuseLarge = (text: string): void => {
  const tooLarge = text.length > MAX_BYTES || new TextEncoder().encode(text).length > MAX_BYTES;
  if (tooLarge) refuse('manifest is larger than 1 MB', START);
};

const parseOne = (text: string, lineCounter: LineCounter): Document.Parsed => {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: (tags) => tags.filter(isUsedTag),
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter,
  });
  refuseErrors(
    [...documents].flatMap((it) => it.errors),
    lineCounter
  );
  const [first, second] = documents;
  if (second) refuse('manifest has several YAML documents', at(second.range[0], lineCounter));
  if (!first?.contents) refuse('manifest is empty', START);
  return first as Document.Parsed;
};

const refuseErrors = (errors: readonly YAMLParseError[], lines: LineCounter): void => {
  const problems = new Problems();
  for (const error of errors) {
    const position = at(error.pos[0], lines);
    // The parser reports its own stack overflows as errors of the file.
    if (/call stack|stack overflow/i.test(error.message)) refuse(TOO_DEEP, position, error);
    problems.refuse({ message: `invalid YAML: ${showReferences(error.message)}`, ...position });
  }
  problems.throwIfAny();
};

const convert = (
  { contents, schema }: Document.Parsed,
  lines: LineCounter,
  { env, problems }: YamlInput
): YamlFile => {
  const converter = new NodeConverter({
    env: env ?? {},
    warnMissing: env !== undefined,
    schema,
    lines,
    problems,
  });
  const root = converter.convert(contents);
  if (root.kind === 'map') return { root, templates: converter.templates };
  if (root.kind === 'scalar' && root.type === 'null') refuse('manifest is empty', root.at);
  return refuse('manifest must be a map with a key services', root.at);
};

const at = (offset: number, lines: LineCounter): Position => {
  const { line, col } = lines.linePos(offset);
  // An empty text has no lines to count.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
};

const refuse = (message: string, position: Position, cause?: unknown): never => {
  throw new ManifestError({ load: [{ message, ...position }] }, cause);
};
