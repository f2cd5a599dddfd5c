import { EventEmitter } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { nanosecondsNow, rfc3339Nano } from './log-clock.ts';

/** As the kubelet's container-log-max-size. */
const defaultMaximumBytes = 10 * 1024 * 1024;
/** A longer line is split, as container runtimes do. */
const longestLine = 16 * 1024;

export type LogStream = 'stdout' | 'stderr';

/** Where an older part of a log file is kept. */
export const rotatedFile = (file: string): string => `${file}.1`;

/**
 * The log of one run of a container: `TIME STREAM F|P TEXT` lines in `file`. When the file is full
 * it becomes the older part, and the part before that is gone.
 */
export class ContainerLog {
  readonly file: string;
  /** Emits `line` with each written line, and `end` once. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  readonly #maximumBytes: number;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #partial: Record<LogStream, string> = { stdout: '', stderr: '' };
  #size: number;
  #ended = false;

  constructor(file: string, maximumBytes = defaultMaximumBytes) {
    this.file = file;
    this.#maximumBytes = maximumBytes;
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, '');
    this.#size = statSync(file).size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(stream: LogStream, chunk: Buffer): void {
    const text = this.#partial[stream] + this.#decoders[stream].write(chunk);
    const lines = text.split('\n');
    this.#partial[stream] = lines.pop() ?? '';
    const full = lines.map((line) => entry(stream, 'F', line));
    while (this.#partial[stream].length > longestLine) {
      full.push(entry(stream, 'P', this.#partial[stream].slice(0, longestLine)));
      this.#partial[stream] = this.#partial[stream].slice(longestLine);
    }
    this.#append(full);
  }

  /** Writes what the process left without a line end. */
  end(): void {
    const rest = (['stdout', 'stderr'] as const).filter((stream) => this.#partial[stream] !== '');
    this.#append(rest.map((stream) => entry(stream, 'P', this.#partial[stream])));
    this.#ended = true;
    this.changes.emit('end');
  }

  #append(lines: readonly string[]): void {
    if (lines.length === 0) {
      return;
    }
    try {
      this.#store(lines.map((line) => `${line}\n`).join(''));
    } catch {
      // A full disk costs these lines; it must not end the pods with the agent.
      return;
    }
    for (const line of lines) {
      this.changes.emit('line', line);
    }
  }

  #store(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#size + bytes > this.#maximumBytes && existsSync(this.file)) {
      renameSync(this.file, rotatedFile(this.file));
      this.#size = 0;
    }
    appendFileSync(this.file, text);
    this.#size += bytes;
  }
}

const entry = (stream: LogStream, tag: 'F' | 'P', text: string): string =>
  `${rfc3339Nano(nanosecondsNow())} ${stream} ${tag} ${text}`;
