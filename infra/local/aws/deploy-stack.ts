import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkout, type Home } from '../plane/home.ts';
import { withLock } from '../plane/lock.ts';
import { lastLines } from '../plane/log-tail.ts';
import { PlaneError } from '../plane/plane-error.ts';
import type { Progress } from '../plane/progress.ts';
import { environmentFor, region } from './access.ts';
import { deployFingerprint } from './deploy-fingerprint.ts';
import { readStack, type StackOutputs, stage } from './stack.ts';

export interface Deployment {
  /** Of what was deployed; see deployFingerprint. */
  readonly fingerprint: string;
  readonly outputs: StackOutputs;
}

export interface DeployOptions {
  readonly home: Home;
  readonly port: number;
  readonly parameters: Readonly<Record<string, string>>;
  /** The fingerprint of the last deployment into this emulator. */
  readonly deployed: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Deploys the checkout's serverless.yml into the emulator, unless the same is there already. */
export const deployStack = async (options: DeployOptions): Promise<Deployment> => {
  const { home, port, parameters, progress } = options;
  const fingerprint = deployFingerprint(checkout, parameters);
  const present = fingerprint === options.deployed ? await readStack(port) : undefined;
  if (present) return { fingerprint, outputs: present };
  const waiting = (pid: number): void => progress(`waiting for process ${pid}, which deploys`);
  progress(`deploying serverless.yml (log: ${join(home.logs, 'deploy.log')})`);
  // osls leaves its work in the checkout, so planes of one checkout take turns.
  await withLock(join(checkout, '.rackless', 'deploy.lock'), waiting, () => runOsls(options));
  const outputs = await readStack(port);
  if (!outputs) throw new PlaneError('the stack is not there after its deployment');
  return { fingerprint, outputs };
};

const runOsls = async ({ home, port, parameters, signal }: DeployOptions): Promise<void> => {
  const log = join(home.logs, 'deploy.log');
  signal?.throwIfAborted();
  const code = await runLogged(log, oslsArguments(parameters), { port, signal });
  signal?.throwIfAborted();
  if (code === 0) return;
  throw new PlaneError(
    ['the deployment of serverless.yml failed', ...lastLines(log, 15)].join('\n  '),
    {
      hint: `the whole log is ${log}`,
    }
  );
};

const oslsArguments = (parameters: Readonly<Record<string, string>>): readonly string[] => [
  join(checkout, 'node_modules', 'osls', 'bin', 'serverless.js'),
  'deploy',
  ...['--stage', stage, '--region', region, '--verbose'],
  ...Object.entries(parameters).flatMap(([key, value]) => ['--param', `${key}=${value}`]),
];

const runLogged = (
  log: string,
  args: readonly string[],
  { port, signal }: Pick<DeployOptions, 'port' | 'signal'>
): Promise<number> =>
  new Promise((resolve, reject) => {
    const output = openSync(log, 'w', 0o600);
    const path = [join(checkout, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
    const child = spawn(process.execPath, args, {
      cwd: checkout,
      env: {
        ...environmentFor(process.env, port),
        PATH: path,
        // Milliseconds between two looks at the stack; five seconds are for a real one.
        SLS_AWS_MONITORING_FREQUENCY: '500',
      },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const end = (): boolean => child.kill();
    signal?.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
