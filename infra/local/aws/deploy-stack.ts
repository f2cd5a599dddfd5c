import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, type Home } from '../plane/home.ts';
import { withLock } from '../plane/lock.ts';
import { PlaneError } from '../plane/plane-error.ts';
import type { Progress } from '../plane/progress.ts';
import { region } from './access.ts';
import { deployFingerprint } from './deploy-fingerprint.ts';
import { failureLines, runOsls } from './run-osls.ts';
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
  await withLock(join(checkout, '.rackless', 'deploy.lock'), waiting, () => runDeployment(options));
  const outputs = await readStack(port);
  if (!outputs) throw new PlaneError('the stack is not there after its deployment');
  return { fingerprint, outputs };
};

const runDeployment = async (options: DeployOptions): Promise<void> => {
  const { home, port, parameters, signal } = options;
  const log = join(home.logs, 'deploy.log');
  signal?.throwIfAborted();
  const succeeded = await runOsls(deployArguments(parameters), { log, port, signal });
  signal?.throwIfAborted();
  if (succeeded) return;
  const why = failureLines(readFileSync(log, 'utf8'), 12);
  throw new PlaneError(['the deployment of serverless.yml failed', ...why].join('\n  '), {
    hint: `the whole log is ${log}`,
  });
};

const deployArguments = (parameters: Readonly<Record<string, string>>): readonly string[] => [
  'deploy',
  ...['--stage', stage, '--region', region, '--verbose'],
  ...Object.entries(parameters).flatMap(([key, value]) => ['--param', `${key}=${value}`]),
];
