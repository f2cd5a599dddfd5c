import { KubeConfig } from '@kubernetes/client-node';
import { RawClient } from '#test/cluster/conformance/raw-client.ts';
import type { Target } from '../cluster/bed.ts';
import { pushServerImage } from '../load/push-server-image.ts';
import { report, rounded } from '../measure.ts';
import { FakeNode } from '../size/fake-node.ts';
import { priceOf } from '../size/prices.ts';
import { type BigRelease, startSizeBed } from '../size/size-bed.ts';

interface Size {
  readonly name: string;
  readonly services: number;
  readonly processes: number;
  /** More than any node has leaves the pods to a node that only says that it runs them. */
  readonly cpu: number;
}

const sizes: readonly Size[] = [
  { name: 'usual', services: 2, processes: 2, cpu: 10 },
  { name: 'big', services: 20, processes: 10, cpu: 1_000_000 },
];

/** What a promotion that replaces every process asks of the plane and of the cluster, by size. */
export const size = async ({ kubeconfig, registry }: Target): Promise<void> => {
  const image = pushServerImage(registry);
  const bed = await startSizeBed(kubeconfig);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = new RawClient(config);
  try {
    for (const it of sizes) await measure(it, { bed, api, image });
  } finally {
    await bed.close();
  }
};

interface Tools {
  readonly bed: Awaited<ReturnType<typeof startSizeBed>>;
  readonly api: RawClient;
  readonly image: string;
}

const measure = async (it: Size, { bed, api, image }: Tools): Promise<void> => {
  const app = `size-${it.name}`;
  const namespace = `${bed.rack}-${app}`;
  const node = new FakeNode(api, namespace);
  if (it.name === 'big') await node.start();
  try {
    await bed.createApp(app);
    await bed.promote(app, release(it, image, 1));
    tell(it, await bed.promote(app, release(it, image, 2)));
  } finally {
    await api.call('DELETE', `/api/v1/namespaces/${namespace}`);
    await node.stop();
  }
};

const release = ({ services, processes, cpu }: Size, image: string, round: number): BigRelease => {
  const names = Array.from({ length: services }, (_, index) => `service-${index + 1}`);
  const scale = { count: processes, cpu, memory: 32 };
  const health = { grace: 0, interval: 1, timeout: 1 };
  const one = { build: '.', port: 3000, health, scale, environment: [`ROUND=${round}`] };
  const manifest = { services: Object.fromEntries(names.map((it) => [it, one])) };
  // Every JSON document is a YAML one.
  return { manifest: JSON.stringify(manifest), services: names, image };
};

const tell = (
  { name, services, processes }: Size,
  { execution, aws, cluster, events }: Awaited<ReturnType<Tools['bed']['promote']>>
): void => {
  const { end, transitions, invocations, milliseconds, peak, cpu } = execution;
  report('size', {
    ...{ size: name, services, pods: services * processes, end },
    seconds: rounded(milliseconds / 1000),
    peakMegabytes: rounded(peak / 1e6),
    cpuSeconds: rounded(cpu),
    events: events.length,
    inOrder: events.every((it, index) => it.sequence === index + 1),
    checkpoints: aws.checkpoints.length,
    largestCheckpoint: Math.max(0, ...aws.checkpoints),
    ...{ transitions, invocations, aws: aws.calls, writeUnits: aws.writeUnits, cluster },
    dollars: Object.fromEntries(
      Object.entries(priceOf(execution, aws)).map(([part, usd]) => [part, rounded(usd, 6)])
    ),
  });
};
