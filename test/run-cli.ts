import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll } from '@jest/globals';
import { InterruptedError } from '#cli/errors.ts';
import type { Clock, Host } from '#cli/host.ts';
import { run } from '#cli/run.ts';
import { type Script, scriptedRack } from '#test/fakes/scripted-rack.ts';

export interface Setting {
  readonly rack?: Script;
  readonly env?: Host['env'];
  /** Files of the folder that the command runs in; the folder's name is `shop`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly terminal?: boolean;
  readonly input?: string | Uint8Array;
  readonly secret?: string;
  /** Git's answers by its last argument. */
  readonly git?: Readonly<Record<string, string>>;
  /** What programs answer when they are asked about themselves. */
  readonly programs?: Readonly<Record<string, string>>;
  /** A program that is run to its end. */
  readonly run?: Host['run'];
  /** What a person does in the editor. */
  readonly edit?: Host['edit'];
  readonly interrupt?: AbortController;
  /** Instead of one that goes on by sleeping. */
  readonly clock?: Clock;
}

class Recorder {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly #also: Recorder | undefined;

  constructor(isTTY = false, also?: Recorder) {
    this.isTTY = isTTY;
    this.#also = also;
  }

  write(text: string): void {
    this.text += text;
    this.#also?.write(text);
  }
}

const rackUrl = 'http://convox:s3cr%2Fet@rack.test/stage';
const now = '2026-03-18T14:30:00Z';

/** Runs the real command tree and the real API client in this process, against a scripted rack. */
export const runCli = async (line: string | readonly string[], setting: Setting = {}) => {
  const { terminal = false, files = {}, interrupt = new AbortController() } = setting;
  const both = new Recorder();
  const [stdout, stderr] = [new Recorder(terminal, both), new Recorder(terminal, both)];
  const written: Uint8Array[] = [];
  const rack = scriptedRack(setting.rack ?? {});
  const host: Host = {
    version: '0.1.0',
    env: setting.env ?? { RACK_URL: rackUrl },
    cwd: setting.cwd ?? folderWith(files),
    stdout,
    stderr,
    clock: setting.clock ?? fakeClock(interrupt.signal),
    fetch: rack.fetch,
    put: rack.put,
    signal: interrupt.signal,
    interactive: terminal,
    writeContent: async (content) => {
      for await (const part of content) written.push(part);
    },
    ...inputOf(setting),
    askSecret: async () => setting.secret ?? '',
    run:
      setting.run ?? (async (program) => Promise.reject(new Error(`${program} is not scripted`))),
    edit: setting.edit ?? (async () => undefined),
    capture: async (program, args) =>
      program === 'git' ? setting.git?.[args.at(-1) ?? ''] : setting.programs?.[program],
  };
  const exitCode = await run(typeof line === 'string' ? words(line) : line, host);
  if (rack.mistakes.length > 0) throw rack.mistakes[0];
  return {
    exitCode,
    stdout: stdout.text,
    /** Bytes that went to stdout. */
    content: Buffer.concat(written),
    stderr: stderr.text,
    /** Both streams in the order in which a person sees them. */
    screen: both.text,
    requests: rack.requests,
    headers: rack.headers,
    uploads: rack.uploads,
    host,
  };
};

const inputOf = ({ input, terminal = false }: Setting): Pick<Host, 'input' | 'readInput'> => ({
  input: {
    isTTY: input === undefined && terminal,
    read: () => Readable.from([Buffer.from(input ?? '')]),
  },
  readInput: async () => String(input ?? ''),
});

const words = (line: string): string[] => line.split(' ').filter(Boolean);

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder named `shop`, until the tests of the file are over. */
export const folderWith = (files: Readonly<Record<string, string>>): string => {
  const outer = mkdtempSync(join(tmpdir(), 'rackless-test-'));
  folders.push(outer);
  const folder = join(outer, 'shop');
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

/** Time passes only by sleeping, and sleeping takes no time. */
const fakeClock = (signal: AbortSignal): Clock => {
  let time = Date.parse(now);
  return {
    now: () => new Date(time),
    sleep: async (milliseconds) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) throw new InterruptedError();
      time += milliseconds;
    },
  };
};
