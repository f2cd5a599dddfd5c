import type { Scale } from '../manifest.ts';
import { type Value, wholeNumber } from '../yaml/value.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';

const CPU = 250;
const MEMORY = 512;
/** Far above what a cluster gives to one service; a typing mistake must not ask for a million pods. */
const MAX_COUNT = 10_000;

interface Count {
  readonly min: number;
  readonly max: number;
}

const ONE: Count = { min: 1, max: 1 };

/** `3`, `1-5` or `{count, min, max, cpu, memory, limit}`. */
export const readScale = (service: MapReader): Scale => {
  const value = service.get('scale');
  const fields = value?.kind === 'map' ? service.reader('scale', value, levels.scale) : undefined;
  const count = fields ? readCounts(fields) : readSimple(service, value);
  checkCount(service, count);
  return { ...count, ...readSize(service, fields) };
};

const readSimple = (service: MapReader, value: Value | undefined): Count => {
  if (!value) return ONE;
  if (value.kind === 'scalar' && (value.type === 'int' || value.type === 'string')) {
    return parseCount(service, 'scale', value);
  }
  service.wrongType('scale', value);
  return ONE;
};

const readCounts = (scale: MapReader): Count => {
  const value = scale.get('count');
  const count = value ? countOf(scale, value) : ONE;
  const min = scale.whole('min', {}) ?? count.min;
  const max = scale.whole('max', {}) ?? (value ? count.max : Math.max(count.max, min));
  return { min, max };
};

const countOf = (scale: MapReader, value: Value): Count => {
  if (value.kind !== 'map') return parseCount(scale, 'count', value);
  const count = scale.reader('count', value, levels.count);
  const min = count.whole('min', {}) ?? 0;
  return { min, max: count.whole('max', {}) ?? min };
};

const parseCount = (reader: MapReader, key: string, value: Value): Count => {
  const number = wholeNumber(value);
  if (number !== undefined) return { min: number, max: number };
  const text = value.kind === 'scalar' ? value.text : value.kind;
  const [, min, max] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  if (min && max) return { min: Number(min), max: Number(max) };
  reader.refuse(key, `invalid scale: ${text}`, value.at);
  return ONE;
};

const checkCount = (service: MapReader, { min, max }: Count): void => {
  const label = service.label('scale');
  if (min < 0) service.invalid('scale', `${label}.min must be >= 0`);
  if (max < 0) service.invalid('scale', `${label}.max must be >= 0`);
  if (max < min) service.invalid('scale', `${label}.max must be >= scale.min`);
  if (max > MAX_COUNT) service.invalid('scale', `${label}.max must be <= ${MAX_COUNT}`);
  if (max > min) {
    service.warn(
      'scale',
      `${label} gives a range; autoscaling is not supported yet, so it starts with ${min}`
    );
  }
};

const readSize = (service: MapReader, scale: MapReader | undefined): Omit<Scale, 'min' | 'max'> => {
  const limits = scale?.map('limit', levels.limit);
  const limit = {
    cpu: limits?.whole('cpu') || undefined,
    memory: limits?.whole('memory') || undefined,
  };
  const cpu = scale?.whole('cpu') || limit.cpu || CPU;
  const memory = scale?.whole('memory') || limit.memory || MEMORY;
  if (limit.cpu && limit.cpu < cpu)
    service.refuse('scale', 'cpu limit can not be less cpu request');
  if (limit.memory && limit.memory < memory) {
    service.refuse('scale', 'memory limit can not be less memory request');
  }
  return { cpu, memory, limit };
};
