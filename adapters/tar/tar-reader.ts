import { Parser, type ReadEntry } from 'tar';
import type { ArchiveEntry } from '#core/archives/ports.ts';
import { InvalidRequestError } from '#core/errors.ts';

/** Archives of images inside the archive of a build, as Convox makes them. */
const inner = /^[^/]+\.tar$/;

/**
 * The entries of a tar archive as it streams by, in bounded memory: input is read only when an entry's
 * content is asked for. What is left of an entry is passed over.
 * @throws InvalidRequestError for what is broken or cut off.
 */
export async function* tarEntries(
  archive: AsyncIterable<Uint8Array>,
  prefix = ''
): AsyncGenerator<ArchiveEntry> {
  const reader = new TarReader(archive);
  for (;;) {
    const entry = await reader.next();
    if (!entry) return;
    const path = `${prefix}${entry.path}`;
    if (prefix === '' && entry.isFile && inner.test(path))
      yield* tarEntries(entry.content, `${path}/`);
    else yield { ...entry, path };
  }
}

/** Feeds a parser by hand. */
class TarReader {
  readonly #input: AsyncIterator<Uint8Array>;
  readonly #parser: Parser;
  readonly #entries: ReadEntry[] = [];
  #failure: Error | undefined;
  #current: { skip(): Promise<void> } | undefined;
  #isOver = false;

  constructor(archive: AsyncIterable<Uint8Array>) {
    this.#input = archive[Symbol.asyncIterator]();
    this.#parser = new Parser({
      onReadEntry: (entry) => void this.#entries.push(entry),
      onwarn: (_code, message) => this.#complain(String(message)),
    });
    this.#parser.on('error', (error: Error) => this.#complain(error.message));
  }

  async next(): Promise<ArchiveEntry | undefined> {
    await this.#current?.skip();
    for (;;) {
      const entry = this.#entries.shift();
      if (entry) return this.#open(entry);
      if (!(await this.#feed())) return undefined;
    }
  }

  #open(entry: ReadEntry): ArchiveEntry {
    const { path, size } = entry;
    const parts: Uint8Array[] = [];
    let hasEnded = false;
    const next = async (): Promise<Uint8Array | undefined> => {
      while (parts.length === 0 && !hasEnded && (await this.#feed()));
      return parts.shift();
    };
    const content = async function* () {
      for (let part = await next(); part; part = await next()) yield part;
    };
    entry.on('end', () => {
      hasEnded = true;
    });
    entry.on('data', (part: Uint8Array) => parts.push(part));
    this.#current = {
      skip: async () => {
        while (await next());
      },
    };
    const isFile = entry.type === 'File' || entry.type === 'OldFile';
    return { path, size, isFile, content: { [Symbol.asyncIterator]: content } };
  }

  /** False when there is nothing more. */
  async #feed(): Promise<boolean> {
    if (this.#isOver) return false;
    const { value, done = false } = await this.#input.next();
    if (done) this.#parser.end();
    else this.#parser.write(Buffer.from(value));
    this.#isOver = done;
    if (this.#failure) throw this.#failure;
    return !done || this.#entries.length > 0;
  }

  /** Convox's archives begin with a folder that has no name. */
  #complain(message: string): void {
    if (message === 'path is required') return;
    this.#failure ??= new InvalidRequestError(`the archive is broken: ${message}`);
  }
}
