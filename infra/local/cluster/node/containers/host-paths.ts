import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A path that a container sees, and where it is on this machine. */
export interface Mount {
  readonly mountPath: string;
  readonly hostPath: string;
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const withoutSlash = (path: string): string => path.replace(/\/+$/, '');

/**
 * Writes host paths for mount paths wherever they stand in a text as whole path parts: `/data` is
 * found in `--dir=/data/x` and `file:///data`, not in `/data2` or `/srv/data`.
 */
export const rewriteMountPaths = (text: string, mounts: readonly Mount[]): string => {
  const known = mounts
    .map(({ mountPath, hostPath }) => ({ mountPath: withoutSlash(mountPath), hostPath }))
    .filter(({ mountPath }) => mountPath !== '')
    .sort((one, other) => other.mountPath.length - one.mountPath.length);
  if (known.length === 0) {
    return text;
  }
  const paths = known.map(({ mountPath }) => escapeRegExp(mountPath)).join('|');
  const pattern = new RegExp(`(?<=^|file://|[^\\w./-])(?:${paths})(?![\\w.-])`, 'g');
  const hosts = new Map(known.map(({ mountPath, hostPath }) => [mountPath, hostPath]));
  return text.replace(pattern, (found) => hosts.get(found) ?? found);
};

/** `/proc` and the like are the host's own, also when an image has empty folders for them. */
const ofTheHost = /^\/(?:$|dev(?:\/|$)|proc(?:\/|$)|sys(?:\/|$))/;

/** The path inside an unpacked image, when it is there; otherwise the path as it is. */
const mapIntoRootfs = (path: string, rootfs: string): string => {
  if (!path.startsWith('/') || ofTheHost.test(path) || path.split('/').includes('..')) {
    return path;
  }
  const inside = join(rootfs, path);
  return existsSync(inside) ? inside : path;
};

/** Maps an argument that is an absolute path, or an option with one: `--config=/app/config.json`. */
export const mapArgument = (argument: string, rootfs: string): string => {
  const option = /^(--?[\w-]+=)(\/.*)$/.exec(argument);
  return option === null
    ? mapIntoRootfs(argument, rootfs)
    : `${option[1]}${mapIntoRootfs(option[2] ?? '', rootfs)}`;
};
