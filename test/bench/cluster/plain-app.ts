import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { Bed } from './bed.ts';
import { kubectl, type Tool } from './other-tools.ts';
import { plainNamespace, plainObjects } from './plain-objects.ts';
import type { Run } from './rack.ts';
import type { ManifestInput, Scenario } from './scenarios.ts';

export type Place = Pick<Bed, 'cluster' | 'kubeconfig' | 'registry' | 'image'>;

/** An app that one of the other programs brings in, in a namespace of its own. */
export interface PlainApp {
  readonly namespace: string;
  readonly tool: Tool;
  readonly promote: (scenario: Scenario, health?: ManifestInput['health']) => Promise<Run>;
}

type Work = (app: PlainApp) => Promise<void>;

export const kubectlOn = (place: Place, app: string, work: Work): Promise<void> =>
  withTool(kubectl, { place, app }, work);

let round = 0;

export const withTool = async (
  make: typeof kubectl,
  { place, app }: { readonly place: Place; readonly app: string },
  work: Work
): Promise<void> => {
  const { cluster, kubeconfig, registry, image } = place;
  const folder = mkdtempSync(join(tmpdir(), 'rackless-bench-'));
  const namespace = plainNamespace(app);
  const made = await cluster.create(namespaceObject(namespace), { fieldManager: 'bench' });
  const tool = make({ kubeconfig, namespace, folder });
  const promote: PlainApp['promote'] = (scenario, health) => {
    round += 1;
    const input = { registry, image, round: `${round}`, ...(health && { health }) };
    const objects = plainObjects(app, scenario, input);
    return tool.promote(objects.filter((it) => it.kind !== 'Namespace'));
  };
  try {
    await work({ namespace, tool, promote });
  } finally {
    await cluster.remove(made);
    rmSync(folder, { recursive: true, force: true });
  }
};

const namespaceObject = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});
