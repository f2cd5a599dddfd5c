import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { pathInRootfs } from './path-in-rootfs.ts';

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

const kindOf = async (path: string): Promise<'directory' | 'other' | undefined> => {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'other';
  } catch {
    // Nothing is there.
    return undefined;
  }
};

/**
 * A layer without a single file, as BuildKit makes for a WORKDIR that is there already, is no mistake.
 * The parser reports damage as something else, and before.
 */
const isEmptyArchive = (error: Error): boolean =>
  /^(?:TAR_BAD_ARCHIVE: )?Unrecognized archive format$/.test(error.message);

/** Unpacks OCI layers, in order, into one directory. Device nodes and owners are left out. */
export class LayerUnpacker {
  readonly #rootfs: string;

  constructor(rootfs: string) {
    this.#rootfs = rootfs;
  }

  /** `file` is a tar, plain or compressed with gzip or zstd. Throws on a damaged archive. */
  async unpack(file: string): Promise<void> {
    await mkdir(this.#rootfs, { recursive: true });
    const written = new Set<string>();
    const parser = new Parser({ strict: true });
    let queue = Promise.resolve();
    const finished = new Promise<void>((resolve, reject) => {
      parser.on('error', (error) => isEmptyArchive(error) || reject(error));
      parser.on('entry', (entry: ReadEntry) => {
        queue = queue.then(() => this.#write(entry, written)).catch(reject);
      });
      parser.on('end', () => queue.then(resolve, reject));
    });
    const source = createReadStream(file);
    source.on('error', (error) => parser.emit('error', error));
    source.on('data', (chunk) => {
      if (!parser.write(Buffer.from(chunk))) {
        source.pause();
      }
    });
    parser.on('drain', () => source.resume());
    source.on('end', () => parser.end());
    try {
      await finished;
    } finally {
      source.destroy();
    }
  }

  async #write(entry: ReadEntry, written: Set<string>): Promise<void> {
    const path = await pathInRootfs(this.#rootfs, entry.path);
    if (basename(path).startsWith(whiteout)) {
      await this.#remove(path, written);
      entry.resume();
      return;
    }
    if (path !== this.#rootfs) {
      await makeRoom(path, entry.type);
      await this.#place(entry, path);
      written.add(path);
    }
    entry.resume();
  }

  /** A whiteout hides what lower layers put there; what this layer itself wrote stays. */
  async #remove(path: string, written: ReadonlySet<string>): Promise<void> {
    const directory = dirname(path);
    if (basename(path) !== opaque) {
      await rm(join(directory, basename(path).slice(whiteout.length)), {
        recursive: true,
        force: true,
      });
      return;
    }
    const names = (await kindOf(directory)) === 'directory' ? await readdir(directory) : [];
    const hidden = names.map((name) => join(directory, name)).filter((name) => !written.has(name));
    await Promise.all(hidden.map((name) => rm(name, { recursive: true, force: true })));
  }

  async #place(entry: ReadEntry, path: string): Promise<void> {
    switch (entry.type) {
      case 'Directory':
        await mkdir(path, { recursive: true });
        await chmod(path, ((entry.mode ?? 0o755) & 0o777) | 0o700);
        return;
      case 'SymbolicLink':
        await symlink(innerTarget(this.#rootfs, path, entry.linkpath ?? ''), path);
        return;
      case 'Link':
        await link(await pathInRootfs(this.#rootfs, entry.linkpath ?? ''), path);
        return;
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        await pipeline(
          entry,
          createWriteStream(path, { mode: ((entry.mode ?? 0o644) & 0o777) | 0o600 })
        );
        return;
      default:
        // Devices and pipes need rights that the user who runs this may not have.
        return;
    }
  }
}

/** A later layer replaces what an earlier one put at the same path, except a directory by a directory. */
const makeRoom = async (path: string, type: ReadEntry['type']): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const kind = await kindOf(path);
  if (kind !== undefined && !(kind === 'directory' && type === 'Directory')) {
    await rm(path, { recursive: true, force: true });
  }
};

/**
 * A link's target as a relative path inside `rootfs`: a process that is not confined to it would
 * follow an absolute target, or one with too many `..`, to the host's files.
 */
const innerTarget = (rootfs: string, path: string, target: string): string => {
  const directory = dirname(path);
  const inside = posix.resolve('/', relative(rootfs, directory), target);
  return relative(directory, join(rootfs, inside)) || '.';
};
