import process from 'node:process';
import { down } from '#infra/local/plane/down.ts';
import { placeAt } from '#test/cluster/bed/place.ts';
import { runningBed } from '#test/cluster/bed/running-bed.ts';
import { buildkitImage } from '#test/cluster/buildkit/push-buildkit-image.ts';
import startStoryPlane from '#test/cluster/start-story-plane.ts';
import { timed } from '../cluster/rack.ts';

export interface BuildingPlane {
  /** Where pods reach the rack's registry, over plain HTTP. */
  readonly registry: string;
  /** With a real BuildKit. */
  readonly builderImage: string;
}

/** A rack that builds in pods of the running test cluster: the one that RACK_URL names, or one for this. */
export const onBuildingPlane = async (
  work: (plane: BuildingPlane) => Promise<void>
): Promise<void> => {
  const bed = runningBed(placeAt(process.env['RACKLESS_HOME']));
  if (!bed) throw new Error('builds need the test cluster: npm run cluster -- up');
  process.env['KUBECONFIG'] = bed.kubeconfig;
  process.env['REGISTRY'] = bed.registry;
  process.env['CLUSTER_ADDRESS'] = bed.address;
  process.env['CLUSTER_REGISTRIES'] = bed.registries;
  startStoryPlane();
  try {
    const registry = process.env['E2E_REGISTRY'] ?? '';
    await work({ registry, builderImage: `${bed.registry}/${buildkitImage}` });
  } finally {
    const home = process.env['E2E_STARTED'];
    if (home) await down({ home, clean: true, progress: console.error });
  }
};

export const rackless = (...args: readonly string[]) =>
  timed('./bin/rackless', args, { seconds: 500 });
