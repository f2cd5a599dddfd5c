import { NotFoundError } from '../errors.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import type { AppKey } from '../rendering/labels.ts';
import { imagesIn } from '../rendering/pull-secret.ts';
import { findActiveCopy } from '../rescue/find-apps.ts';
import type { CopiedRelease } from './history.ts';

/**
 * What a rescue would put back. A table that was restored to an earlier moment may not know of it.
 * @throws ClusterError, ConflictError when there is a copy that can't be read.
 */
export const readCopy = async (
  cluster: Pick<Cluster, 'get'>,
  key: AppKey
): Promise<CopiedRelease | undefined> => {
  try {
    const { release, build, rendered } = await findActiveCopy(cluster, key);
    const images = [...(build?.images ?? []).map((it) => it.image), ...imagesIn(rendered.objects)];
    return { release: release.id, build: release.build, images };
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
};
