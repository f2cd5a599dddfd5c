import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { type App, namespaceOf } from '../../apps/app.ts';
import type { Build } from '../../builds/build.ts';
import { ConflictError } from '../../errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Release } from '../../releases/release.ts';
import { appLabels, objectLabels } from '../../rendering/labels.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';

export const activeCopyName = 'rackless-active';

/** Of the shape below. A reader refuses any other: half a truth is worse than none. */
const version = '2';

/**
 * All that is needed to bring the active release back without the plane, and the app back into a
 * plane that has lost its table.
 */
export interface ActiveCopy {
  readonly rack: string;
  readonly promotion: string;
  /** Of the promotion that wrote it. */
  readonly fence: number;
  readonly kept: string;
  /** The data key is wrapped: it opens only with the rack's KMS key. */
  readonly app: Pick<App, 'name' | 'created' | 'sequence' | 'locked' | 'policy' | 'dataKey'>;
  readonly release: Release;
  readonly build: Build | undefined;
  /** With the values of its Secrets, which are in the same namespace anyway. */
  readonly rendered: RenderedRelease;
  readonly live: readonly LiveObject[];
}

/** An object of the release as it was in the cluster when the release became active. */
export interface LiveObject {
  /** `Deployment/web` */
  readonly key: string;
  readonly uid: string;
  /** Of a Deployment. */
  readonly replicas?: number | undefined;
}

/**
 * The Secret that holds a copy. What a person looks for first stands in fields of its own; the rest
 * is compressed with a window that reaches across all services, which mostly repeat each other.
 */
export const activeCopy = (copy: ActiveCopy): KubernetesObject => {
  const { rack, app, release, promotion, fence } = copy;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: activeCopyName,
      namespace: namespaceOf(rack, app.name),
      labels: {
        ...appLabels({ rack, app: app.name }),
        type: 'active',
        [objectLabels.release]: release.id.toLowerCase(),
        [objectLabels.promotion]: promotion.toLowerCase(),
        [objectLabels.fence]: String(fence),
      },
    },
    type: 'rackless.dev/active',
    data: {
      version: base64(version),
      release: base64(release.id),
      promotion: base64(promotion),
      fence: base64(String(fence)),
      images: base64(JSON.stringify(imagesOf(copy))),
      copy: compressed(JSON.stringify(copy)),
    },
  };
};

/**
 * The copy in a Secret that was read from the cluster.
 * @throws ConflictError when a newer rackless wrote it, or it is damaged.
 */
export const readActiveCopy = (secret: KubernetesObject): ActiveCopy => {
  const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
  const found = text(data['version']);
  const where = `Secret ${secret.metadata.namespace}/${secret.metadata.name}`;
  if (found !== version) {
    throw new ConflictError(`${where} has version ${found || 'unknown'}, and ${version} is known`, {
      hint: 'use the version of rackless that wrote it, or a newer one',
    });
  }
  try {
    const bytes = brotliDecompressSync(Buffer.from(data['copy'] ?? '', 'base64'));
    return JSON.parse(bytes.toString('utf8')) as ActiveCopy;
  } catch (cause) {
    throw new ConflictError(`${where} is damaged: ${(cause as Error).message}`, {
      hint: 'bring the Secret back from a backup of the cluster',
      cause,
    });
  }
};

const imagesOf = ({ build }: ActiveCopy): Readonly<Record<string, string>> =>
  Object.fromEntries((build?.images ?? []).map((it) => [it.service, it.image]));

const base64 = (value: string): string => Buffer.from(value).toString('base64');

const text = (value = ''): string => Buffer.from(value, 'base64').toString('utf8');

const compressed = (json: string): string =>
  brotliCompressSync(json, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: json.length,
    },
  }).toString('base64');
