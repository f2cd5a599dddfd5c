import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { parseManifest } from '#core/manifests/parse-manifest.ts';
import { render } from '#core/rendering/render.ts';
import type { ManifestInput, Scenario } from './scenarios.ts';
import { manifestOf } from './scenarios.ts';

/** Where a release without a rack goes. */
export const plainNamespace = (app: string): string => `plain-${app}`;

/**
 * What the rack would write for a release, for programs that only know objects. Kubernetes' own
 * progress deadline stands in them (600 s), since that is what those programs go by.
 */
export const plainObjects = (
  app: string,
  scenario: Scenario,
  input: ManifestInput
): readonly KubernetesObject[] => {
  const manifest = parseManifest(manifestOf(scenario, input), { policy: 'restricted' });
  const images = manifest.services.flatMap(({ name, source }) =>
    source.kind === 'image' ? [[name, source.image] as const] : []
  );
  const { objects } = render({
    rack: 'plain',
    app,
    policy: 'restricted',
    manifest,
    env: {},
    images: Object.fromEntries(images),
    identity: { release: `R${input.round}`, build: '', buildDescription: '', gitSha: '' },
    logins: [],
    key: Buffer.alloc(32, app),
    previous: undefined,
  });
  return objects.map((it) => (it.kind === 'Deployment' ? sized(it) : it));
};

const sized = (deployment: KubernetesObject): KubernetesObject => {
  const { progressDeadlineSeconds: _, ...spec } = deployment['spec'] as Record<string, unknown>;
  return { ...deployment, spec: { ...spec, replicas: 2 } };
};
