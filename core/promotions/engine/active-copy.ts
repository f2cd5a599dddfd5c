import { namespaceOf } from '../../apps/app.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type AppKey, appLabels } from '../../rendering/labels.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';

export const activeCopyName = 'rackless-active';

/**
 * The cluster's own copy of the truth: the active release as it was rendered, its environment
 * Secrets with their values (they are in the same namespace anyway), and the fence of its writer.
 * A plane that lost its table adopts the app from it.
 */
export const activeCopy = (
  key: AppKey,
  rendered: RenderedRelease,
  { fence, promotion }: { readonly fence: number; readonly promotion: string }
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: activeCopyName,
    namespace: namespaceOf(key.rack, key.app),
    labels: { ...appLabels(key), type: 'active' },
  },
  type: 'rackless.dev/active',
  stringData: {
    version: '1',
    release: rendered.release,
    promotion,
    fence: String(fence),
    rendered: JSON.stringify(rendered),
  },
});
