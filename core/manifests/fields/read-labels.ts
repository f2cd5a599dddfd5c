import { type MapValue, typeName, type Value } from '../yaml/value.ts';
import type { MapReader } from './map-reader.ts';

const MAX_PAIRS = 500;
/** Convox's list: these are set on every object. */
const RESERVED = new Set(['system', 'rack', 'app', 'name', 'service', 'release', 'type']);
const NAME =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/;

export type Pairs = ReadonlyMap<string, string>;

export const readLabels = (reader: MapReader): Pairs => {
  const labels = readPairs(reader, 'labels');
  for (const [key, value] of labels) {
    if (RESERVED.has(key)) reader.refuse('labels', `reserved label key '${key}' is not allowed`);
    else if (!NAME.test(key))
      reader.invalid('labels', `${reader.label('labels')} key ${key} is invalid`);
    if (!LABEL_VALUE.test(value)) {
      reader.invalid('labels', `${reader.label('labels')} value ${value} of ${key} is invalid`);
    }
  }
  return labels;
};

export const readAnnotations = (reader: MapReader): Pairs => {
  const annotations = readPairs(reader, 'annotations');
  for (const key of annotations.keys()) {
    if (!NAME.test(key)) {
      reader.invalid('annotations', `${reader.label('annotations')} key ${key} is invalid`);
    }
  }
  return annotations;
};

/** A map, or a list of `key=value` and of maps. */
const readPairs = (reader: MapReader, key: string): Pairs => {
  const value = reader.get(key);
  if (!value) return new Map();
  if (sizeOf(value) <= MAX_PAIRS) return new Map(pairsIn(reader, key, value));
  reader.refuse(key, `${reader.label(key)} has more than ${MAX_PAIRS} entries`);
  return new Map();
};

/** Before anything is copied: an alias repeats a large map at no cost to the file. */
const sizeOf = (value: Value): number => {
  if (value.kind === 'map') return value.entries.size;
  if (value.kind === 'scalar') return 1;
  return value.items.reduce((sum, item) => sum + (item.kind === 'map' ? item.entries.size : 1), 0);
};

const pairsIn = (reader: MapReader, key: string, value: Value): readonly [string, string][] => {
  if (value.kind === 'map') return pairsOf(reader, key, value);
  if (value.kind === 'list') return value.items.flatMap((item) => readItem(reader, key, item));
  reader.wrongType(key, value);
  return [];
};

const readItem = (reader: MapReader, key: string, item: Value): readonly [string, string][] => {
  if (item.kind === 'map') return pairsOf(reader, key, item);
  const noun = key.slice(0, -1);
  if (item.kind === 'list') {
    reader.refuse(key, `unsupported ${noun} type: ${typeName(item)}`, item.at);
    return [];
  }
  const equals = item.text.indexOf('=');
  if (equals > 0) return [[item.text.slice(0, equals), item.text.slice(equals + 1)]];
  reader.refuse(key, `invalid ${noun} format: ${item.text}`, item.at);
  return [];
};

const pairsOf = (reader: MapReader, key: string, map: MapValue): [string, string][] =>
  [...map.entries].flatMap(([name, { value }]): [string, string][] => {
    if (value.kind === 'scalar') return [[name, value.text]];
    reader.refuse(key, `unsupported ${key.slice(0, -1)} type: ${typeName(value)}`, value.at);
    return [];
  });
