import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { brokenReleases } from './cases/broken-releases.ts';
import { buildInCluster } from './cases/build-in-cluster.ts';
import { buildLogDelay } from './cases/build-log-delay.ts';
import { apiRequests, watchCpu } from './cases/cluster-costs.ts';
import { functionBundles } from './cases/functions.ts';
import { goodReleases, roughReleases } from './cases/good-releases.ts';
import { otherTools } from './cases/other-tools.ts';
import { promotionSteps } from './cases/promotion-steps.ts';
import { promotions } from './cases/promotions.ts';
import { size } from './cases/size.ts';
import { startTime } from './cases/start-time.ts';
import { zeroDowntime } from './cases/zero-downtime.ts';
import { type Bed, onBed, type Target, targetOf } from './cluster/bed.ts';

const plane = (home: string, ...args: string[]) =>
  spawnSync(process.execPath, ['infra/local/main.ts', ...args], {
    env: { ...process.env, RACKLESS_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });

const onEmbeddedCluster = async (): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
  try {
    const up = plane(home, 'up', '--json');
    const { rackUrl, kubeconfig } = JSON.parse(up.stdout) as Record<string, string>;
    process.env['RACK_URL'] = rackUrl;
    await promotions(readFileSync(kubeconfig ?? '', 'utf8'));
  } finally {
    plane(home, 'down', '--clean');
    rmSync(home, { recursive: true, force: true });
  }
};

/** By the names that `--case` takes; those on a real cluster share one plane. */
const here = { 'start-time': startTime, functions: functionBundles, promotions: onEmbeddedCluster };
const onCluster: Readonly<Record<string, (bed: Bed) => Promise<void>>> = {
  'good-releases': goodReleases,
  'promotion-steps': promotionSteps,
  'rough-releases': roughReleases,
  'broken-releases': brokenReleases,
  'api-requests': apiRequests,
  'watch-cpu': watchCpu,
};
/** They bring the engine themselves, or need none. */
const withoutPlane: Readonly<Record<string, (target: Target) => Promise<void>>> = {
  'zero-downtime': zeroDowntime,
  size,
  'build-in-cluster': buildInCluster,
  'build-log-delay': buildLogDelay,
  'other-tools': otherTools,
};
/** Takes a quarter of an hour: only when it is asked for. */
const nightly = 'other-tools';

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
  },
});
const all = [here, onCluster, withoutPlane].flatMap((it) => Object.keys(it));
const asked = values.case ?? all.filter((it) => it !== nightly);
const unknown = asked.find((it) => !all.includes(it));
if (unknown) throw new Error(`no case ${unknown}; there are ${all.join(', ')}`);

const chosen = <Case>(
  cases: Readonly<Record<string, Case>>
): readonly (readonly [string, Case])[] =>
  Object.entries(cases).filter(([name]) => asked.includes(name));

/** One case that breaks must not cost the figures of the others. */
const attempt = async (name: string, run: () => unknown): Promise<void> => {
  try {
    await run();
  } catch (error) {
    console.error(`case ${name} failed:`, error);
    process.exitCode = 1;
  }
};

for (const [name, run] of chosen(here)) await attempt(name, run);
const [onIt, onTarget] = [chosen(onCluster), chosen(withoutPlane)];
const target =
  onIt.length + onTarget.length > 0 ? targetOf(process.env, Number(values.rounds)) : undefined;
if (target && onIt.length > 0) {
  await onBed(target, async (bed) => {
    for (const [name, run] of onIt) await attempt(name, () => run(bed));
  });
}
if (target) for (const [name, run] of onTarget) await attempt(name, () => run(target));
