import type { Put, PutAnswer } from './put-content.ts';

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface Clock {
  now(): Date;
  /** Waits; ends early with InterruptedError on Ctrl-C. */
  sleep(milliseconds: number): Promise<void>;
}

export interface RunOptions {
  /** Beside the host's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Gets each line that the program prints, on either stream. */
  readonly onLine: (line: string) => void;
}

/** The program's surroundings, all of them: tests pass others. */
export interface Host {
  /** Of this client. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder the command was started in. */
  readonly cwd: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Sends content by one PUT. Throws when there is no answer. */
  put(content: Put): Promise<PutAnswer>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** True when a person can answer questions. */
  readonly interactive: boolean;
  /** Bytes to stdout, at the pace of whoever takes them. */
  writeContent(content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes of stdin as they come; a person's terminal gives none. */
  readonly input: { readonly isTTY: boolean; read(): AsyncIterable<Uint8Array> };
  /** All of stdin. */
  readInput(): Promise<string>;
  /** Asks for a secret without showing it. */
  askSecret(question: string): Promise<string>;
  /** Opens a file in the person's editor and waits until it is closed. */
  edit(file: string): Promise<void>;
  /** Runs a program to its end and gives its exit code. @throws CliError if it can't be started. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<number>;
  /** The output of a program, trimmed; undefined when it is missing or fails. */
  capture(program: string, args: readonly string[]): Promise<string | undefined>;
}
