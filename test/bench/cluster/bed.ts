import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { portableKubeconfig } from '#infra/local/plane/kubeconfig.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { Rack, timed } from './rack.ts';

/** A real cluster, and a plane of our own that drives it through a proxy that counts. */
export interface Bed {
  readonly cluster: Cluster;
  /** The cluster's own address, for kubectl and helm. */
  readonly kubeconfig: string;
  readonly proxy: CountingProxy;
  readonly rack: Rack;
  readonly registry: string;
  readonly image: string;
  /** Where the plane keeps its parts. */
  readonly home: string;
  /** How often each release is promoted. */
  readonly rounds: number;
}

export type Target = Pick<Bed, 'kubeconfig' | 'registry' | 'image' | 'rounds'>;

/** What KUBECONFIG, REGISTRY and CONFORMANCE_IMAGE name; undefined, and why is said, without them. */
export const targetOf = (environment: NodeJS.ProcessEnv, rounds: number): Target | undefined => {
  const { KUBECONFIG, REGISTRY, CONFORMANCE_IMAGE } = environment;
  if (KUBECONFIG && REGISTRY && CONFORMANCE_IMAGE) {
    return { kubeconfig: KUBECONFIG, registry: REGISTRY, image: CONFORMANCE_IMAGE, rounds };
  }
  console.error(
    'SKIPPED: the cases on a real cluster need KUBECONFIG, REGISTRY and CONFORMANCE_IMAGE; `npm run cluster -- up` prints them'
  );
  return undefined;
};

/** Runs the work on a plane that is brought up for it and taken down after it. */
export const onBed = async (target: Target, work: (bed: Bed) => Promise<void>): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
  const portable = portableKubeconfig(target.kubeconfig);
  const proxy = await startCountingProxy(portable, join(home, 'counted.json'));
  try {
    process.env['RACK_URL'] = await bringUp(home, proxy.kubeconfig);
    const cluster = openCluster(() => Promise.resolve(portable));
    const rack = new Rack(process.env['RACK_URL']);
    await work({ ...target, cluster, proxy, rack, home });
  } finally {
    await plane(home, 'down', '--clean');
    proxy.close();
    rmSync(home, { recursive: true, force: true });
  }
};

const plane = (home: string, ...args: readonly string[]) =>
  timed(process.execPath, ['infra/local/main.ts', ...args], {
    seconds: 600,
    env: { RACKLESS_HOME: home },
  });

const bringUp = async (home: string, kubeconfig: string): Promise<string> => {
  const { lines } = await plane(home, 'up', '--kubeconfig', kubeconfig, '--json');
  const found = lines.find((it) => it.text.startsWith('{'))?.text;
  if (!found) throw new Error(`no plane: ${lines.map((it) => it.text).join('\n')}`);
  return (JSON.parse(found) as { rackUrl: string }).rackUrl;
};
