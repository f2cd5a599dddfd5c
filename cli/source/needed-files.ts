import { join, normalize } from 'node:path/posix';
import { parse } from 'yaml';

/**
 * The manifest, .dockerignore, and the Dockerfiles that the manifest names: as with Docker, they go
 * into the archive even if they are ignored. A manifest that can't be parsed names none: the rack says
 * what is wrong with it.
 */
export const neededFiles = (manifestFile: string, manifest: string): ReadonlySet<string> =>
  new Set([normalize(manifestFile), '.dockerignore', ...dockerfiles(manifest)]);

const dockerfiles = (manifest: string): string[] => {
  const services = field(parseLoosely(manifest), 'services');
  return typeof services === 'object' && services !== null
    ? Object.values(services).map(dockerfile)
    : [];
};

const dockerfile = (service: unknown): string => {
  const build = field(service, 'build');
  const path = typeof build === 'string' ? build : text(field(build, 'path'), '.');
  return normalize(join(path, text(field(build, 'manifest'), 'Dockerfile')));
};

const parseLoosely = (manifest: string): unknown => {
  try {
    return parse(manifest);
  } catch {
    return undefined;
  }
};

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' ? value : otherwise;
