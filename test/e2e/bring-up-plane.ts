import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Brings up a rack of the tests' own, or takes the one that RACK_URL names. The stories find it in
 * the environment. Whoever sets E2E_HOME can take the rack down when this process could not.
 */
export const bringUpPlane = (args: readonly string[] = []): void => {
  if (process.env['RACK_URL']) return;
  const home = process.env['E2E_HOME'] || mkdtempSync(join(tmpdir(), 'rackless-e2e-'));
  process.env['RACKLESS_HOME'] = home;
  // What is installed on a machine is not to change what is tested.
  process.env['LOCAL_BUILDER'] ??= 'built-in';
  const { rackUrl, kubeconfig, awsEndpoint, registry } = JSON.parse(upPlane(args));
  process.env['RACK_URL'] = rackUrl;
  process.env['E2E_KUBECONFIG'] = kubeconfig;
  process.env['E2E_AWS_ENDPOINT'] = awsEndpoint;
  process.env['E2E_REGISTRY'] = registry;
  process.env['E2E_STARTED'] = home;
};

/** Starts the rack of RACKLESS_HOME, or gives it other parameters. Prints what `up --json` prints. */
export const upPlane = (args: readonly string[]): string => {
  const up = spawnSync(process.execPath, ['infra/local/main.ts', 'up', '--json', ...args], {
    env: { ...process.env, AUTH: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (up.status === 0) return up.stdout;
  throw new Error('the local plane did not come up');
};
