import { setTimeout as wait } from 'node:timers/promises';
import { CliError, InterruptedError } from './errors.ts';
import type { Host } from './host.ts';

/** The host that a person's shell gives us. */
export const machine = (
  env: Host['env'],
  { version, signal }: Pick<Host, 'version' | 'signal'>
): Host => ({
  version,
  env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  clock: { now: () => new Date(), sleep: (milliseconds) => sleep(milliseconds, signal) },
  fetch: globalThis.fetch,
  put: async (put) => {
    const { putContent } = await import('./put-content.ts');
    return putContent(put, signal);
  },
  signal,
  interactive: Boolean(process.stdin.isTTY && process.stderr.isTTY),
  writeContent: async (content) => {
    const { pipeline } = await import('node:stream/promises');
    await pipeline(content, process.stdout, { end: false, signal });
  },
  input: { isTTY: Boolean(process.stdin.isTTY), read: () => process.stdin },
  readInput,
  askSecret,
  run: async (program, args, options) => {
    const { runProgram } = await import('./run-program.ts');
    return runProgram({ env, signal }, [program, ...args], options);
  },
  edit: (file) => edit(env['EDITOR'] || 'vi', file),
  capture,
});

const sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (cause) {
    throw new InterruptedError('interrupted', { cause });
  }
};

const readInput = async (): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
};

const askSecret = async (question: string): Promise<string> => {
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  const silence = new Writable({ write: (_chunk, _encoding, next) => next() });
  const prompt = createInterface({ input: process.stdin, output: silence, terminal: true });
  process.stderr.write(question);
  prompt.on('SIGINT', () => prompt.close());
  try {
    return await prompt.question('');
  } catch (cause) {
    throw new InterruptedError('interrupted', { cause });
  } finally {
    process.stderr.write('\n');
    prompt.close();
  }
};

/** Ctrl-C belongs to the editor while it is open. */
const edit = async (editor: string, file: string): Promise<void> => {
  const listeners = process.rawListeners('SIGINT');
  const ignore = (): void => undefined;
  process.removeAllListeners('SIGINT').on('SIGINT', ignore);
  try {
    await runEditor(editor, file);
  } finally {
    process.off('SIGINT', ignore);
    for (const listener of listeners) process.on('SIGINT', listener as () => void);
  }
};

const runEditor = async (editor: string, file: string): Promise<void> => {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    // EDITOR may hold arguments (`code --wait`), so a shell reads it, as git does.
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, editor, file], { stdio: 'inherit' });
    const fail = (why: string, cause?: unknown): void =>
      reject(
        new CliError('EditorFailed', `editor failed: ${editor}: ${why}`, {
          hint: 'set EDITOR to an editor that waits until the file is closed',
          cause,
        })
      );
    child.on('error', (error) => fail(error.message, error));
    child.on('exit', (code) => (code === 0 ? resolve() : fail(`exit ${code}`)));
  });
};

const capture: Host['capture'] = async (program, args) => {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile(program, [...args], (error, stdout) => resolve(error ? undefined : stdout.trim()));
  });
};
