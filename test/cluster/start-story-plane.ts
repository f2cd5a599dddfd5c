import { bringUpPlane } from '../e2e/bring-up-plane.ts';
import { trustRegistry } from './bed/trust-registry.ts';
import { buildkitImage, pushBuildkitImage } from './buildkit/push-buildkit-image.ts';

/**
 * A rack for the stories. On the test cluster of this machine it builds in pods, with a real BuildKit:
 * so pods have to reach its registry and its sources, and the node has to trust that registry.
 */
const startStoryPlane = (): void => {
  const { CLUSTER_ADDRESS: address, CLUSTER_REGISTRIES: registries, REGISTRY } = process.env;
  if (!(address && registries && REGISTRY)) {
    bringUpPlane();
    return;
  }
  pushBuildkitImage(REGISTRY, console.error);
  bringUpPlane(storyPlaneArguments());
  trustRegistry(registries, process.env['E2E_REGISTRY'] ?? '');
};

/** What the rack of the stories is brought up with on the test cluster. */
export const storyPlaneArguments = (): readonly string[] => {
  const builder = {
    builderImage: `${process.env['REGISTRY']}/${buildkitImage}`,
    // Rootless is what a rack does by itself.
    builderMode: process.env['BUILDER_MODE'] ?? 'rootless',
    buildCpu: '100m',
    buildMemory: '512Mi',
  };
  const parameters = Object.entries(builder).map(([name, value]) => `--param=${name}=${value}`);
  return [`--address=${process.env['CLUSTER_ADDRESS']}`, ...parameters];
};

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default startStoryPlane;
