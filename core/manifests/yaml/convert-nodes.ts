import type { Alias, LineCounter, Node, Scalar, Schema, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Position } from '../problem.ts';
import type { Problems } from '../problems.ts';
import { fillReferences, unsupportedReference } from './interpolation.ts';
import { resolvePlain, scalarType, withoutFalseNan } from './scalar-types.ts';
import type { MapEntry, MapValue, ScalarValue, Value } from './value.ts';

/** Merge keys copy entries; this is far more than a real manifest has, and still cheap. */
const MAX_MERGED = 50_000;

const TAG = 'tag:yaml.org,2002:';
const KNOWN_TAGS = new Set([
  '!',
  ...['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((it) => TAG + it),
]);

interface Anchor {
  /** Undefined while the anchored node is being read: an alias to it would contain itself. */
  value?: Value;
  readonly under: string | undefined;
}

export interface ConverterOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Off when the environment is not known, because then every reference lacks a value. */
  readonly warnMissing: boolean;
  readonly schema: Schema;
  readonly lines: LineCounter;
  readonly problems: Problems;
}

/**
 * Turns the parser's nodes into values. An alias yields the very value of its anchor, so nested aliases cost nothing where
 * their expansion would be exponential; the parser's own resolution would search the whole document for each alias.
 */
export class NodeConverter {
  /** Top-level keys that hold anchors used elsewhere: templates, not typing mistakes. */
  readonly templates = new Set<string>();
  readonly #options: ConverterOptions;
  readonly #anchors = new Map<string, Anchor>();
  readonly #warned = new Set<string>();
  #under: string | undefined;
  #merged = 0;

  constructor(options: ConverterOptions) {
    this.#options = options;
  }

  convert(node: unknown, depth = 0): Value {
    if (isAlias(node)) return this.#alias(node);
    if (isMap(node)) return this.#anchored(node, () => this.#map(node, depth));
    if (isSeq(node)) return this.#anchored(node, () => this.#list(node, depth));
    if (isScalar(node)) return this.#anchored(node, () => this.#scalar(node));
    return nothing({ line: 1, column: 1 });
  }

  #anchored(node: YAMLMap | YAMLSeq | Scalar, content: () => Value): Value {
    if (node.tag && !KNOWN_TAGS.has(node.tag)) {
      this.#problem(`tag ${node.tag.replace(TAG, '!!')} is not supported`, this.#at(node));
    }
    const anchor: Anchor = { under: this.#under };
    if (node.anchor) this.#anchors.set(node.anchor, anchor);
    anchor.value = content();
    return anchor.value;
  }

  #alias(node: Alias): Value {
    const at = this.#at(node);
    const anchor = this.#anchors.get(node.source);
    if (!anchor?.value) {
      this.#problem(`anchor ${node.source} ${anchor ? 'contains itself' : 'is not defined'}`, at);
      return nothing(at);
    }
    if (anchor.under && anchor.under !== this.#under) this.templates.add(anchor.under);
    return anchor.value;
  }

  #scalar(node: Scalar): ScalarValue {
    const at = this.#at(node);
    const source = node.source ?? '';
    const text = this.#filled(source, at);
    if (text === source) {
      const value = withoutFalseNan(node.value, text);
      return { kind: 'scalar', type: scalarType(value), text, value, at };
    }
    // Only what stands unquoted gets a new type: `port: ${PORT}` is a number, `"${PORT}"` stays text.
    const plain = node.type === 'PLAIN';
    const shown = plain ? text.trim() : text;
    const value = plain ? resolvePlain(this.#options.schema, shown) : text;
    return { kind: 'scalar', type: scalarType(value), text: shown, value, at };
  }

  #filled(source: string, at: Position): string {
    const unsupported = unsupportedReference(source);
    if (unsupported) {
      this.#problem(`invalid interpolation ${unsupported}, only \${NAME} is replaced`, at);
    }
    const { text, missing } = fillReferences(source, this.#options.env);
    if (this.#options.warnMissing) this.#warnMissing(missing, at);
    return text;
  }

  #warnMissing(names: readonly string[], at: Position): void {
    for (const name of names) {
      if (this.#warned.has(name)) continue;
      this.#warned.add(name);
      this.#options.problems.warn({ message: `${name} is not set, \${${name}} is empty`, ...at });
    }
  }

  #list(node: YAMLSeq, depth: number): Value {
    const items = node.items.map((item) => this.convert(item, depth + 1));
    return { kind: 'list', items, at: this.#at(node) };
  }

  #map(node: YAMLMap, depth: number): MapValue {
    const entries = new Map<string, MapEntry>();
    for (const pair of node.items) {
      const at = this.#at(pair.key ?? node);
      const key = this.#key(pair.key, at);
      if (depth === 0) this.#under = key;
      this.#add(entries, key, { at, value: this.convert(pair.value, depth + 1) });
    }
    this.#merge(entries);
    return { kind: 'map', entries, at: this.#at(node) };
  }

  /** The parser's own check compares every key with every other one, which a large file turns into minutes. */
  #add(entries: Map<string, MapEntry>, key: string | undefined, entry: MapEntry): void {
    if (key === undefined) return;
    if (entries.has(key)) this.#problem(`duplicate key ${key}`, entry.at);
    else entries.set(key, entry);
  }

  #key(node: unknown, at: Position): string | undefined {
    if (isScalar(node)) return this.#filled(node.source ?? '', at);
    this.#problem('a key must be plain text', at);
    return undefined;
  }

  /** Own keys win over merged ones, and earlier merges over later ones. */
  #merge(entries: Map<string, MapEntry>): void {
    const merge = entries.get('<<');
    if (!merge) return;
    entries.delete('<<');
    const sources = merge.value.kind === 'list' ? merge.value.items : [merge.value];
    for (const source of sources) {
      if (source.kind === 'map') this.#mergeEntries(entries, source, merge.at);
      else this.#problem('<< must name a map, or a list of maps', merge.at);
    }
  }

  #mergeEntries(entries: Map<string, MapEntry>, source: MapValue, at: Position): void {
    const before = this.#merged;
    this.#merged += source.entries.size;
    if (this.#merged > MAX_MERGED) {
      if (before <= MAX_MERGED) this.#problem('too many merge keys', at);
      return;
    }
    for (const [key, entry] of source.entries) {
      if (!entries.has(key)) entries.set(key, entry);
    }
  }

  #problem(message: string, at: Position): void {
    this.#options.problems.refuse({ message, ...at });
  }

  #at(node: unknown): Position {
    const start = (node as Node | null)?.range?.[0] ?? 0;
    const { line, col } = this.#options.lines.linePos(start);
    return { line, column: col };
  }
}

const nothing = (at: Position): ScalarValue => ({
  kind: 'scalar',
  type: 'null',
  text: '',
  value: null,
  at,
});
