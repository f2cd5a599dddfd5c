import process from 'node:process';
import { pushBuilderImage } from '../builder/push-builder-image.ts';
import { ensureRepository } from './ecr-repository.ts';

const repositoryName = 'rackless/builder';

/**
 * Puts the image that builds on the embedded cluster into the rack's registry; returns its name.
 * `LOCAL_BUILDER` names the builder that it takes, by default the first that works.
 */
export const storeBuilderImage = async (port: number): Promise<string> => {
  await ensureRepository(port, repositoryName);
  const builder = process.env['LOCAL_BUILDER'];
  return pushBuilderImage(`127.0.0.1:${port}`, { name: repositoryName, builder });
};
