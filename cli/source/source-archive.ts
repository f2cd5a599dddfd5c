import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { PiecedContent } from './chunks.ts';
import { blockSize, head, headLength, type Member, memberOf } from './member.ts';
import { readFully } from './read-fully.ts';
import { shownPath } from './shown-path.ts';
import { sourceChanged, unreadableNow } from './unreadable.ts';

interface Place {
  readonly member: Member;
  /** Where its header begins, and where its content does. */
  readonly start: number;
  readonly content: number;
}

/** Two empty blocks end an archive. */
const trailer = 2 * blockSize;

/**
 * The tar archive of a folder, which exists nowhere: any part of it is read from the files when it is
 * asked for, always at the size that they had at first.
 */
export class SourceArchive implements PiecedContent {
  /** In bytes. */
  readonly size: number;
  readonly compression = 6;
  readonly purpose = 'build';
  readonly #folder: string;
  readonly #places: readonly Place[];

  constructor(folder: string, paths: readonly string[]) {
    this.#folder = folder;
    let end = 0;
    this.#places = paths.map((path) => {
      const member = memberOf(folder, path);
      const place = { member, start: end, content: end + headLength(member) };
      end = place.content + Math.ceil(member.size / blockSize) * blockSize;
      return place;
    });
    this.size = end + trailer;
  }

  /** Paths of the files that take the most room. */
  largest(count: number): readonly { readonly path: string; readonly size: number }[] {
    return this.#places
      .map((it) => it.member)
      .sort((a, b) => b.size - a.size)
      .slice(0, count);
  }

  /** Names the first file between two positions that was changed since. */
  changed(start: number, end: number): Error {
    const among = this.#places.slice(this.#indexAt(start), this.#indexAt(end - 1) + 1);
    const changed = among.find(({ member: { path, changed: before } }) => {
      const now = lstatSync(join(this.#folder, path), { throwIfNoEntry: false });
      return now?.ctimeMs !== before;
    });
    return sourceChanged(shownPath((changed ?? among[0])?.member.path ?? ''));
  }

  /** Fills `target` with what stands at a position. @throws CliError when a file is not as it was. */
  read(position: number, target: Buffer): void {
    let at = this.#indexAt(position);
    let filled = 0;
    while (filled < target.length) {
      const rest = target.subarray(filled);
      const place = this.#places[at];
      const end = this.#places[at + 1]?.start ?? this.size - trailer;
      const part = place ? rest.subarray(0, Math.max(end - position - filled, 0)) : rest;
      if (place) this.#copy(place, position + filled - place.start, part);
      else part.fill(0);
      filled += part.length;
      at += 1;
    }
  }

  /** The last entry that begins at a position or before it. */
  #indexAt(position: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle]?.start ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }

  #copy({ member, start, content }: Place, from: number, target: Buffer): void {
    const headSize = content - start;
    let filled = 0;
    if (from < headSize) {
      filled = head(member).copy(target, 0, from, Math.min(headSize, from + target.length));
    }
    const offset = from + filled - headSize;
    const wanted = Math.max(Math.min(member.size - offset, target.length - filled), 0);
    if (wanted > 0) this.#readFile(member.path, offset, target.subarray(filled, filled + wanted));
    target.fill(0, filled + wanted);
  }

  #readFile(path: string, offset: number, target: Buffer): void {
    let file: number | undefined;
    try {
      // What was a file may have become a link, or a pipe that nobody writes to.
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
      file = openSync(join(this.#folder, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const isWhole = readFully(file, offset, target);
      if (!isWhole) throw sourceChanged(`${shownPath(path)} became shorter`);
    } catch (error) {
      throw unreadableNow(path, error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
}
