import type { Port } from '../manifest.ts';
import { type MapValue, type Value, wholeNumber } from '../yaml/value.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';

/** `3000`, `https:3000` or `{port, scheme}`. */
export const readPort = (reader: MapReader): Port | undefined => {
  const value = reader.get('port');
  if (!value) return undefined;
  if (value.kind === 'map') return readMap(reader, value);
  return value.kind === 'scalar' ? readScalar(reader, value) : notAPort(reader, value);
};

const readMap = (reader: MapReader, map: MapValue): Port | undefined => {
  const port = reader.reader('port', map, levels.port);
  const value = port.get('port');
  const scheme = port.text('scheme');
  if (value?.kind !== 'scalar')
    return reader.refuse('port', 'could not parse port: it has no number');
  const read = readScalar(port, value);
  return read && { port: read.port, scheme: scheme?.toLowerCase() || read.scheme };
};

const readScalar = (reader: MapReader, value: Value): Port | undefined => {
  const number = wholeNumber(value);
  if (number !== undefined) return inRange(reader, value, { port: number, scheme: 'http' });
  const [, scheme, digits] = /^([A-Za-z][A-Za-z0-9+.-]*):(\d{1,9})$/.exec(textOf(value)) ?? [];
  if (!scheme || !digits) return notAPort(reader, value);
  return inRange(reader, value, { port: Number(digits), scheme: scheme.toLowerCase() });
};

const inRange = (reader: MapReader, value: Value, port: Port): Port | undefined =>
  port.port >= 1 && port.port <= 65535 ? port : notAPort(reader, value);

const notAPort = (reader: MapReader, value: Value): undefined =>
  reader.refuse('port', `invalid port: ${textOf(value)}`, value.at);

const textOf = (value: Value): string => (value.kind === 'scalar' ? value.text : value.kind);
