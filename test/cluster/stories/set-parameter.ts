import { spawnSync } from 'node:child_process';

/** Whether the stories have a rack of their own, on the test cluster of this machine, to deploy anew. */
export const hasOwnRack = (): boolean =>
  Boolean(process.env['E2E_STARTED'] && process.env['CLUSTER_ADDRESS']);

/** Deploys the stories' own rack again with another parameter of serverless.yml: `copyImages=true`. */
export const setParameter = (parameter: string): void => {
  const args = ['infra/local/main.ts', 'up', '--json', `--param=${parameter}`];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, AUTH: 'true' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the rack could not be deployed again: ${stderr}`);
};
