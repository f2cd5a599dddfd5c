import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkout } from '../plane/home.ts';
import { environmentFor } from './access.ts';

export interface OslsOptions {
  /** A file; it starts anew. */
  readonly log: string;
  /** Of the emulator. */
  readonly port: number;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds that osls gets for ending after it has reported a failure. */
const patience = 3_000;

/**
 * Whether osls succeeded. When a bundle cannot be made it reports the failure and then stays for many
 * minutes, because the bundler's own process keeps it alive; so the report ends it as well.
 */
export const runOsls = async (
  args: readonly string[],
  { log, port, signal }: OslsOptions
): Promise<boolean> => {
  const output = openSync(log, 'w', 0o600);
  const child = spawn(
    process.execPath,
    [join(checkout, 'node_modules', 'osls', 'bin', 'serverless.js'), ...args],
    { cwd: checkout, env: environment(port), stdio: ['ignore', output, output] }
  );
  closeSync(output);
  const end = (): boolean => child.kill();
  signal?.addEventListener('abort', end, { once: true });
  let reported: number | undefined;
  const timer = setInterval(() => {
    if (reported === undefined && hasFailed(readFileSync(log, 'utf8'))) reported = Date.now();
    if (reported !== undefined && Date.now() - reported > patience) end();
  }, 500);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code === 0));
    });
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', end);
  }
};

const environment = (port: number): Record<string, string> => ({
  ...environmentFor(process.env, port),
  PATH: [join(checkout, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  // Milliseconds between two looks at the stack; five seconds are for a real one.
  SLS_AWS_MONITORING_FREQUENCY: '500',
});

export const hasFailed = (log: string): boolean => /^[×✖] .*failed to deploy/m.test(log);

/** What a person needs of the log of a failed deployment: from the failure on, without stack traces. */
export const failureLines = (log: string, count: number): readonly string[] =>
  log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(-count);
