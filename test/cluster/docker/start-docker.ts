import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '#infra/local/plane/wait-until.ts';
import { runProgram } from '../bed/run-program.ts';
import { ensureInstalled, obstacle } from './packages.ts';

export interface Docker {
  /** For DOCKER_HOST. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Why this machine can't run an engine of the tests' own; undefined when it can. */
export const dockerObstacle = (): string | undefined => obstacle('dockerd');

/** A Docker engine of the tests' own, beside any other; without a network, so that it changes no rules. */
export const startDocker = async (): Promise<Docker> => {
  ensureInstalled('dockerd', 'docker.io');
  const folder = mkdtempSync(join(tmpdir(), 'rackless-docker-'));
  const host = `unix://${folder}/docker.sock`;
  const child = spawn('dockerd', flags(folder, host), {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const isUp = await waitUntil(() => child.exitCode !== null || answers(host), 60_000);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (isUp && child.exitCode === null) return { host, stop };
  await stop();
  throw new Error('the Docker engine did not start');
};

const flags = (folder: string, host: string): readonly string[] => [
  `--data-root=${folder}/data`,
  `--exec-root=${folder}/exec`,
  `--pidfile=${folder}/pid`,
  `--host=${host}`,
  // The plane's registry is plain HTTP at an address of the test cluster's network.
  '--insecure-registry=10.244.0.0/16',
  '--bridge=none',
  '--iptables=false',
  '--ip6tables=false',
  '--ip-forward=false',
];

const answers = (host: string): boolean =>
  runProgram('docker', ['-H', host, 'version', '--format', '{{.Server.Version}}'], {
    mayFail: true,
  }).trim() !== '';
