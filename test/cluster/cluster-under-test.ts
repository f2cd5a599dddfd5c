import { resolve } from 'node:path';
import { PlaneError } from '#infra/local/plane/plane-error.ts';
import { stopAll } from './bed/down.ts';
import type { Place } from './bed/place.ts';
import { obstacle } from './bed/requirements.ts';
import { runningBed } from './bed/running-bed.ts';
import { type BedAddress, up } from './bed/up.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A real cluster that the suite may use. */
export interface ClusterUnderTest {
  /** What it is, for a person. */
  readonly name: string;
  /** Variables by which the tests find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes down what was started for this run, and nothing else. */
  readonly close: () => Promise<void>;
}

export interface Unavailable {
  /** Why there is no cluster on this machine. */
  readonly why: string;
}

/**
 * The cluster that the environment names; else the one of this kind that the machine runs; else one
 * that is started now. @throws PlaneError when it does not start, or is only half named.
 */
export const clusterUnderTest = async (
  environment: Environment,
  place: Place,
  progress: (line: string) => void
): Promise<ClusterUnderTest | Unavailable> => {
  const running = runningBed(place);
  const named = environment['KUBECONFIG'];
  if (named && resolve(named) !== running?.kubeconfig) return namedCluster(named, environment);
  if (running) return bedCluster(`the test cluster that runs: ${running.kubeconfig}`, running);
  const why = obstacle(place.binary);
  if (why) return { why };
  const started = await up(place, progress);
  const name = 'a test cluster that was started for this run';
  return { ...bedCluster(name, started), close: () => stopAll(place) };
};

const nothing = (): Promise<void> => Promise.resolve();

const bedCluster = (name: string, bed: BedAddress) => ({
  name,
  environment: {
    KUBECONFIG: bed.kubeconfig,
    REGISTRY: bed.registry,
    CONFORMANCE_IMAGE: bed.image,
    CLUSTER_ADDRESS: bed.address,
    CLUSTER_REGISTRIES: bed.registries,
  },
  close: nothing,
});

/** Its nodes can't reach the rack's own registry on the loopback, so images go where they are told. */
const namedCluster = (kubeconfig: string, environment: Environment): ClusterUnderTest => {
  const { REGISTRY: registry, CONFORMANCE_IMAGE: image } = environment;
  if (!(registry && image)) {
    throw new PlaneError(`KUBECONFIG names ${kubeconfig}, but not how to bring images there`, {
      hint: 'set REGISTRY=HOST:PORT, which this machine can push to and the nodes can pull from, and CONFORMANCE_IMAGE=IMAGE, which has sh and sleep',
    });
  }
  return {
    name: `the cluster of ${kubeconfig}`,
    environment: {
      KUBECONFIG: resolve(kubeconfig),
      REGISTRY: registry,
      CONFORMANCE_IMAGE: image,
      STORY_REGISTRY: registry,
    },
    close: nothing,
  };
};
