import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { StoredImage } from '../images/image-store.ts';
import {
  declaredEnvironment,
  type Environment,
  type EnvironmentSources,
} from './declared-environment.ts';
import { type Mount, rewriteMountPaths } from './host-paths.ts';

export interface EnvironmentInput extends EnvironmentSources {
  readonly image: StoredImage;
  /** Variables that tell where the namespace's Services answer. */
  readonly services: Environment;
  /** The host port of each declared container port, in their order. */
  readonly ports: ReadonlyMap<number, number>;
  readonly mounts: readonly Mount[];
  /** A folder of the pod, for `HOME`. */
  readonly home: string;
}

const imageEnvironment = ({ config }: StoredImage): Environment =>
  Object.fromEntries(
    (config.Env ?? []).map((line) => {
      const equals = line.indexOf('=');
      return equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    })
  );

/**
 * Pods share this machine's ports, so `PORT` is where this one must listen, whatever the pod says;
 * the other ports follow as `PORT_<containerPort>`.
 */
const portEnvironment = (ports: ReadonlyMap<number, number>): Environment => {
  const [first] = ports.values();
  return first === undefined
    ? {}
    : {
        PORT: `${first}`,
        ...Object.fromEntries([...ports].map(([port, host]) => [`PORT_${port}`, `${host}`])),
      };
};

const imagePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The image's own programs first, where it has any that start here, then this Node, then the machine's.
 * Those of an image for another C library or system come last: only its scripts are of use.
 */
const searchPath = (path: string, rootfs: string): string => {
  const inImage = path
    .split(':')
    .map((folder) => join(rootfs, folder))
    .filter((folder) => folder !== rootfs && existsSync(folder));
  const here = [dirname(process.execPath), process.env['PATH'] ?? imagePath];
  return (isForeign(rootfs) ? [...here, ...inImage] : [...inImage, ...here]).join(delimiter);
};

/** Built for musl on a machine without it (alpine on glibc), or for Linux on another system. */
const isForeign = (rootfs: string): boolean => {
  if (!existsSync(join(rootfs, 'bin/sh'))) return false;
  if (process.platform !== 'linux') return true;
  const libraries = join(rootfs, 'lib');
  const loaders = existsSync(libraries)
    ? readdirSync(libraries).filter((name) => /^ld-musl-.*\.so/.test(name))
    : [];
  return loaders.some((name) => !existsSync(join('/lib', name)));
};

/**
 * The whole environment of a container's process. Nothing of the caller's own environment is in it
 * but `PATH`. There is no `HOSTNAME`: a pod's name does not resolve here, and servers that bind to it
 * would fail. Throws `ContainerConfigError`.
 */
export const containerEnvironment = (input: EnvironmentInput): Environment => {
  const { image, services, mounts } = input;
  const given = { ...services, ...portEnvironment(input.ports) };
  const all: Record<string, string> = {
    HOME: input.home,
    ...imageEnvironment(image),
    ...services,
    ...declaredEnvironment(input, given),
    ...portEnvironment(input.ports),
  };
  const rewritten = Object.entries(all).map(([name, value]) => [
    name,
    rewriteMountPaths(value, mounts),
  ]);
  const { PATH: path = imagePath } = all;
  return {
    ...Object.fromEntries(rewritten),
    PATH: searchPath(path, image.rootfs),
  };
};
