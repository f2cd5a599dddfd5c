import type { Build, BuildSource, ImageSource } from '../manifest.ts';
import type { Value } from '../yaml/value.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';

/** `build: api`, `build: {path, manifest, args}`, `image: redis:7`; without either, the source's own directory. */
export const readSource = (service: MapReader): BuildSource | ImageSource => {
  const build = readBuild(service);
  const image = service.text('image');
  if (!image) return { kind: 'build', ...build };
  if (service.get('build'))
    service.warn('build', `${service.label('build')} is ignored because of image`);
  if (/\s/.test(image))
    service.invalid('image', `${service.label('image')} ${image} is not an image name`);
  return { kind: 'image', image };
};

const DEFAULTS: Build = { path: '.', manifest: 'Dockerfile', args: [] };

const readBuild = (service: MapReader): Build => {
  const value = service.get('build');
  if (!value) return DEFAULTS;
  if (value.kind === 'map') return readMap(service, service.reader('build', value, levels.build));
  if (value.kind === 'scalar' && value.type === 'string') {
    return inside(service, { ...DEFAULTS, path: value.text || DEFAULTS.path });
  }
  service.wrongType('build', value);
  return DEFAULTS;
};

const readMap = (service: MapReader, build: MapReader): Build =>
  inside(service, {
    path: build.text('path') || DEFAULTS.path,
    manifest: build.text('manifest') || DEFAULTS.manifest,
    args: readTexts(build, 'args'),
  });

const MAX_TEXTS = 1000;

/** A list of texts; other entries are problems. */
export const readTexts = (reader: MapReader, key: string): readonly string[] => {
  const value = reader.get(key);
  if (!value) return [];
  if (value.kind === 'list' && value.items.length <= MAX_TEXTS) {
    return value.items.flatMap((item) => textOf(reader, key, item));
  }
  if (value.kind === 'list')
    reader.refuse(key, `${reader.label(key)} has more than ${MAX_TEXTS} entries`);
  else reader.wrongType(key, value);
  return [];
};

const textOf = (reader: MapReader, key: string, item: Value): readonly string[] => {
  if (item.kind === 'scalar') return item.type === 'null' ? [] : [item.text];
  reader.wrongType(key, item);
  return [];
};

/** A build sees its source and nothing else of the machine that builds it. */
const inside = (service: MapReader, build: Build): Build => {
  const path = normalized(build.path);
  const manifest = normalized(`${path ?? ''}/${build.manifest}`);
  if (path === undefined) {
    service.invalid('build', `${service.label('build')} path ${build.path} leaves the source`);
  } else if (manifest === undefined) {
    service.invalid(
      'build',
      `${service.label('build')} manifest ${build.manifest} leaves the source`
    );
  }
  return { ...build, path: path ?? DEFAULTS.path };
};

/** `./api//x/..` is `api`, and `/api` too, as Convox joins it; undefined for a path that leads out. */
const normalized = (path: string): string | undefined => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/') || '.';
};
