import type {
  ArchiveEntry,
  ArchiveFile,
  Archives,
  ExportKey,
  ExportRuns,
} from '#core/archives/ports.ts';
import { NotFoundError } from '#core/errors.ts';

export interface KeptFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** A file, unless it says something else. */
  readonly isFile?: boolean;
}

/** Archives as lists of files, without tar and gzip. */
export class InMemoryArchives implements Archives {
  readonly kept = new Map<string, readonly KeptFile[]>();

  async write(app: string, key: string, files: AsyncIterable<ArchiveFile>): Promise<void> {
    const all: KeptFile[] = [];
    for await (const { path, size, content } of files) {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part);
      const whole = Buffer.concat(parts);
      if (whole.length !== size) throw new Error(`${path} has ${whole.length} of ${size} bytes`);
      all.push({ path, content: whole });
    }
    this.kept.set(`${app}/${key}`, all);
  }

  read(app: string, key: string): AsyncIterable<ArchiveEntry> {
    return entriesOf(this.kept.get(`${app}/${key}`), key);
  }
}

async function* entriesOf(
  files: readonly KeptFile[] | undefined,
  key: string
): AsyncGenerator<ArchiveEntry> {
  if (!files) throw new NotFoundError(`archive not found: ${key}`);
  for (const { path, content, isFile = true } of files) {
    yield { path, size: content.length, isFile, content: inPieces(content) };
  }
}

async function* inPieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
}

export class InMemoryExportRuns implements ExportRuns {
  readonly started: string[] = [];
  readonly ended = new Set<string>();

  async start({ app, id, run }: ExportKey): Promise<void> {
    this.started.push(`${app}/${id}/${run}`);
  }

  async isRunning({ app, id, run }: ExportKey): Promise<boolean> {
    const name = `${app}/${id}/${run}`;
    return this.started.includes(name) && !this.ended.has(name);
  }
}
