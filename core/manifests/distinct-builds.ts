import { createHash } from 'node:crypto';
import { byText } from '../environments/environment.ts';
import type { Build, ImageSource, Manifest, Service } from './manifest.ts';

/** One image to build, and the services that run it, sorted. */
export interface DistinctBuild extends Build {
  /** Equal for equal builds, in every manifest. 64 hex digits. */
  readonly key: string;
  readonly services: readonly string[];
}

export interface ImageService {
  readonly service: string;
  readonly image: string;
}

/** Services with the same directory, Dockerfile and arguments share an image, which is built once. */
export const distinctBuilds = ({ services }: Manifest): readonly DistinctBuild[] => {
  const byKey = new Map<string, DistinctBuild>();
  for (const { name, source } of services) {
    if (source.kind !== 'build') continue;
    const { path, manifest, args } = source;
    const key = buildKey(source);
    const names = [...(byKey.get(key)?.services ?? []), name].toSorted(byText);
    byKey.set(key, { key, services: names, path, manifest, args });
  }
  return [...byKey.values()];
};

/** Services that run an image as it is. */
export const imageServices = ({ services }: Manifest): readonly ImageService[] =>
  services.filter(isFromImage).map(({ name, source }) => ({ service: name, image: source.image }));

const isFromImage = (service: Service): service is Service & { readonly source: ImageSource } =>
  service.source.kind === 'image';

const buildKey = ({ path, manifest, args }: Build): string =>
  createHash('sha256')
    .update(JSON.stringify([path, manifest, args]))
    .digest('hex');
