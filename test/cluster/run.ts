import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { down } from '#infra/local/plane/down.ts';
import { PlaneError } from '#infra/local/plane/plane-error.ts';
import { placeAt } from './bed/place.ts';
import { clusterUnderTest } from './cluster-under-test.ts';

const help = `Usage: npm run test:cluster -- [options of jest] [parts of file names]

Runs on a real Kubernetes: the conformance suite, the promotion engine, registries and builders, and the
stories of an app with a rack on the local plane. Takes the cluster of KUBECONFIG, with REGISTRY and CONFORMANCE_IMAGE; else the test
cluster that this machine runs; else starts one (Linux, root) and takes it down again.

  CLUSTER_REQUIRED=true  fails where it can't have a cluster, instead of skipping

Examples:
  $ npm run test:cluster
  $ npm run test:cluster -- stories/rollout
  $ KUBECONFIG=FILE REGISTRY=HOST:PORT CONFORMANCE_IMAGE=IMAGE npm run test:cluster
`;

const projects = ['conformance', 'engine', 'registries', 'stories'];

/** One after the other: some tests load the cluster on purpose, and it is as small as the machine. */
const jest = [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--selectProjects',
  ...projects,
  '--runInBand',
  // A test that ran out of time may go on watching; what it began must not keep this from its end.
  '--forceExit',
];

/** A rack of the caller's own is used only together with its registry, which stories push to. */
const withoutStrayRack = ({ RACK_URL, ...others }: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  RACK_URL && others['E2E_REGISTRY'] ? { ...others, RACK_URL } : others;

const runJest = (environment: Readonly<Record<string, string>>, args: readonly string[]) =>
  new Promise<number>((resolve, reject) => {
    const env = { ...withoutStrayRack(process.env), ...environment };
    const child = spawn(process.execPath, [...jest, ...args], { env, stdio: 'inherit' });
    // Ctrl-C goes to the tests as well. They end first, then what was started here is taken down.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => child.kill(signal));
    }
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });

/** Tests that were interrupted could not stop their rack. */
const stopRack = async (home: string): Promise<void> => {
  if (!existsSync(home)) return;
  await down({ home, clean: true, progress: console.error });
  rmSync(home, { recursive: true, force: true });
};

const skip = (why: string): number => {
  const required = process.env['CLUSTER_REQUIRED'] === 'true';
  console.error(`
${required ? 'FAILED' : 'SKIPPED'}: real cluster suite: ${why}.
  Nothing of it was run. Run it on Linux as root, or name another cluster:
  KUBECONFIG=FILE REGISTRY=HOST:PORT CONFORMANCE_IMAGE=IMAGE npm run test:cluster
`);
  return required ? 1 : 0;
};

const run = async (args: readonly string[]): Promise<number> => {
  const place = placeAt(process.env['RACKLESS_HOME']);
  const cluster = await clusterUnderTest(process.env, place, console.error);
  if ('why' in cluster) return skip(cluster.why);
  console.error(`cluster: ${cluster.name}`);
  const home = join(tmpdir(), `rackless-cluster-${process.pid}`);
  try {
    return await runJest({ ...cluster.environment, E2E_HOME: home }, args);
  } finally {
    await stopRack(home);
    await cluster.close();
  }
};

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(help);
} else {
  process.exitCode = await run(args).catch((error: unknown) => {
    const known = error instanceof PlaneError;
    console.error('ERROR:', known ? error.message : error);
    if (known && error.hint) console.error(`  ${error.hint}`);
    return 1;
  });
}
