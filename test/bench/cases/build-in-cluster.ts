import { BuildApp } from '../build/build-app.ts';
import { type BuildingPlane, onBuildingPlane } from '../build/building-plane.ts';
import { HandPod } from '../build/hand-pod.ts';
import type { Target } from '../cluster/bed.ts';
import { median, report, rounded } from '../measure.ts';

/** Steps that keep a core busy: what a compiler does, without one. */
const work = (megabytes: number): string =>
  `dd if=/dev/zero bs=1M count=${megabytes} 2>/dev/null | gzip | sha256sum > /sum`;

const sources = {
  'nearly nothing': [work(1)],
  'half a minute': [work(1500), work(1500), work(1500)],
};

/** The same source: `rackless build`, and `buildctl` typed in a pod of the same shape. */
export const buildInCluster = ({ rounds }: Target): Promise<void> =>
  onBuildingPlane(async (plane) => {
    for (const [source, steps] of Object.entries(sources)) {
      const app = await BuildApp.create('bench-build', steps);
      try {
        await compare(plane, { app, source, rounds });
      } finally {
        await app.remove();
      }
    }
  });

interface Comparison {
  readonly app: BuildApp;
  readonly source: string;
  readonly rounds: number;
}

/** By turns, so that both see the same load. */
const compare = async (
  { registry, builderImage }: BuildingPlane,
  { app, source, rounds }: Comparison
): Promise<void> => {
  const ours: number[] = [];
  const byHand: number[] = [];
  const pod = await HandPod.start(builderImage);
  try {
    for (let round = 1; round <= rounds; round++) {
      const { started, ended } = await app.build();
      ours.push(ended - started);
      const image = app.imageByHand(registry, round);
      byHand.push(await pod.build({ context: app.path, image }));
    }
  } finally {
    await pod.remove();
  }
  const [rackless, buildctl, podStart] = [median(ours), median(byHand), pod.startTime];
  report('build-in-cluster', {
    source,
    rackless: rounded(rackless, 0),
    buildctl: rounded(buildctl, 0),
    podStart: rounded(podStart, 0),
    ratio: rounded((rackless - podStart) / buildctl, 2),
    rounds,
    unit: 'ms',
  });
};
