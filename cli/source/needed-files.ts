import { join, normalize } from 'node:path/posix';
import { parse } from 'yaml';

/** Where a service is built, relative to the source: `.` is all of it. */
export interface NeededBuild {
  readonly path: string;
  readonly dockerfile: string;
}

/**
 * The builds that a manifest asks for. One that can't be parsed asks for none: the rack says what is
 * wrong with it.
 */
export const neededBuilds = (manifest: string): readonly NeededBuild[] => {
  const services = field(parseLoosely(manifest), 'services');
  return typeof services === 'object' && services !== null
    ? Object.values(services).map(neededBuild)
    : [];
};

/** Docker prefers it to .dockerignore. */
export const ignoreFileOf = ({ dockerfile }: NeededBuild): string => `${dockerfile}.dockerignore`;

/**
 * The manifest, the Dockerfiles that it names, and what says which files are ignored: as with Docker,
 * they go into the archive even if they are ignored.
 */
export const neededFiles = (
  manifestFile: string,
  builds: readonly NeededBuild[]
): ReadonlySet<string> =>
  new Set([
    normalize(manifestFile),
    '.dockerignore',
    ...builds.flatMap((it) => [it.dockerfile, ignoreFileOf(it)]),
  ]);

const neededBuild = (service: unknown): NeededBuild => {
  const build = field(service, 'build');
  const written = typeof build === 'string' ? build : text(field(build, 'path'), '.');
  const path = join(written).replace(/(?<=.)\/$/, '');
  return { path, dockerfile: join(path, text(field(build, 'manifest'), 'Dockerfile')) };
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
