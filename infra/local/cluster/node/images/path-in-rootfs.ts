import { lstat, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const maximumLinks = 40;

const partsOf = (path: string): string[] =>
  path.split('/').filter((part) => part !== '' && part !== '.');

const linkTarget = async (path: string): Promise<string | undefined> => {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch {
    // Not there yet: nothing to follow.
    return undefined;
  }
};

/**
 * Where `path` is inside `rootfs`, following links as if `rootfs` were `/`, so that neither `..` nor
 * a link can name anything outside. The last part is not followed: it may be a link to replace.
 */
export const pathInRootfs = (rootfs: string, path: string): Promise<string> =>
  walk({ rootfs, at: rootfs, pending: partsOf(path), linksLeft: maximumLinks });

interface Walk {
  readonly rootfs: string;
  readonly at: string;
  readonly pending: readonly string[];
  readonly linksLeft: number;
}

const walk = async ({ rootfs, at, pending, linksLeft }: Walk): Promise<string> => {
  const [part, ...rest] = pending;
  if (part === undefined) {
    return at;
  }
  if (part === '..') {
    return walk({ rootfs, at: at === rootfs ? rootfs : dirname(at), pending: rest, linksLeft });
  }
  const target = rest.length === 0 ? undefined : await linkTarget(join(at, part));
  if (target === undefined) {
    return walk({ rootfs, at: join(at, part), pending: rest, linksLeft });
  }
  if (linksLeft === 0) {
    throw new Error(`too many symbolic links at ${join(at, part)}`);
  }
  return walk({
    rootfs,
    at: target.startsWith('/') ? rootfs : at,
    pending: [...partsOf(target), ...rest],
    linksLeft: linksLeft - 1,
  });
};
