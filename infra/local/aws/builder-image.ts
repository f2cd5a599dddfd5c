import { pushBuilderImage } from '../builder/push-builder-image.ts';
import { ensureRepository } from './ecr-repository.ts';

const repositoryName = 'rackless/builder';

/** Puts the image that builds on the embedded cluster into the rack's registry; returns its name. */
export const storeBuilderImage = async (port: number): Promise<string> => {
  await ensureRepository(port, repositoryName);
  return pushBuilderImage(`127.0.0.1:${port}`, repositoryName);
};
