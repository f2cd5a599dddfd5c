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
import { externalBuild } from './cases/external-build.ts';
import { functionBundles } from './cases/functions.ts';
import { goodReleases, roughReleases } from './cases/good-releases.ts';
import { otherTools } from './cases/other-tools.ts';
import { promotionSteps } from './cases/promotion-steps.ts';
import { promotions } from './cases/promotions.ts';
import { size } from './cases/size.ts';
import { sourceChanged, sourceCold, sourceManyFiles, sourceMemory } from './cases/source.ts';
import { startTime } from './cases/start-time.ts';
import { zeroDowntime } from './cases/zero-downtime.ts';
import { type Bed, onBed, type Target, targetOf } from './cluster/bed.ts';

const plane = (home: string, ...args: string[]) =>
  spawnSync(process.execPath, ['infra/local/main.ts', ...args], {
    env: { LOCAL_BUILDER: 'built-in', ...process.env, RACKLESS_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });

interface LocalRack {
  readonly rackUrl: string;
  readonly kubeconfig: string;
  readonly registry: string;
}

const onEmbeddedCluster = async (work: (rack: LocalRack) => Promise<void>): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
  try {
    const up = plane(home, 'up', '--json');
    const rack = JSON.parse(up.stdout) as LocalRack;
    process.env['RACK_URL'] = rack.rackUrl;
    await work(rack);
  } finally {
    plane(home, 'down', '--clean');
    rmSync(home, { recursive: true, force: true });
  }
};

/** By the names that `--case` takes; those on a real cluster share one plane. */
const here = { 'start-time': startTime, functions: functionBundles };
/** They share one plane on the embedded cluster. */
const onLocalRack: Readonly<Record<string, (rack: LocalRack) => Promise<void>>> = {
  promotions: ({ kubeconfig }) => promotions(readFileSync(kubeconfig, 'utf8')),
  'source-cold': ({ rackUrl }) => sourceCold(rackUrl, Number(values.rounds)),
  'source-changed': ({ rackUrl }) => sourceChanged(rackUrl, Number(values.rounds)),
  'source-memory': ({ rackUrl }) => sourceMemory(rackUrl),
  'source-many-files': ({ rackUrl }) => sourceManyFiles(rackUrl),
  'external-build': ({ registry }) => externalBuild(registry, Number(values.rounds)),
};
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
const all = [here, onLocalRack, onCluster, withoutPlane].flatMap((it) => Object.keys(it));
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
const local = chosen(onLocalRack);
if (local.length > 0) {
  await onEmbeddedCluster(async (rack) => {
    for (const [name, run] of local) await attempt(name, () => run(rack));
  });
}
const [onIt, onTarget] = [chosen(onCluster), chosen(withoutPlane)];
const target =
  onIt.length + onTarget.length > 0 ? targetOf(process.env, Number(values.rounds)) : undefined;
if (target && onIt.length > 0) {
  await onBed(target, async (bed) => {
    for (const [name, run] of onIt) await attempt(name, () => run(bed));
  });
}
if (target) for (const [name, run] of onTarget) await attempt(name, () => run(target));
